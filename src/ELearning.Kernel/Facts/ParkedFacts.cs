using ELearning.Data;

namespace ELearning;

/// <summary>A fact that kept failing in one handler, and holds back the later ones of its subject there.</summary>
/// <param name="Behind">How many facts wait behind it.</param>
public sealed record ParkedFact(
    Guid Id, string Handler, string Feature, string Fact, int Version, string SubjectKind, Guid SubjectId, string Json,
    DateTimeOffset PublishedAt, int Attempts, string Error, int Behind);

/// <summary>What an administrator does about facts that cannot be delivered.</summary>
public sealed class ParkedFacts
{
    private readonly Db _db;
    private readonly OutboxState _state;
    private readonly TimeProvider _time;

    internal ParkedFacts(Db db, OutboxState state, TimeProvider time) => (_db, _state, _time) = (db, state, time);

    public Task<List<ParkedFact>> ListAsync(int limit, CancellationToken ct = default) => _db.ListAsync<ParkedFact>($"""
        SELECT id, handler, feature, fact, version, subject_kind, subject_id, json, published_at, attempts, error,
            (SELECT COUNT(*) FROM outbox AS later WHERE later.handler = outbox.handler AND later.subject_kind = outbox.subject_kind
                AND later.subject_id = outbox.subject_id AND later.number > outbox.number) AS behind
        FROM outbox WHERE state = 'Parked' ORDER BY published_at, id LIMIT {limit}
        """, ct);

    /// <returns>False when there is no such parked fact.</returns>
    public Task<bool> RetryAsync(Guid id, CancellationToken ct = default) => WakeAsync(
        $"UPDATE outbox SET state = 'Waiting', attempts = 0, due_at = {_time.GetUtcNow()} WHERE id = {id} AND state = 'Parked'", ct);

    /// <summary>Never delivered to that handler; those behind it are.</summary>
    public Task<bool> DropAsync(Guid id, CancellationToken ct = default) => WakeAsync(
        $"DELETE FROM outbox WHERE id = {id} AND state = 'Parked'", ct);

    private Task<bool> WakeAsync(Sql change, CancellationToken ct) => _db.TransactAsync(async () =>
    {
        if (await _db.ExecuteAsync(change, ct) == 0) return false;
        await _state.LockAsync(ct);
        await _state.MarkAsync(_time.GetUtcNow(), ct);
        return true;
    }, ct);
}
