using ELearning.Data;

namespace ELearning;

public enum JobState { Queued, Running, Done, Failed, Cancelled, Held }

/// <summary>How far a job is, for the page that waits for it.</summary>
public sealed record JobStatus(
    Guid Id, string Name, JobState State, int Percent, string? Progress, string? Result, string? Error, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt,
    int Attempts, int Revision, Guid? RequestedBy);

/// <summary>Asks for work in the background, and tells what became of it.</summary>
public sealed class Jobs
{
    private readonly Db _db;
    private readonly FeatureCatalog _catalog;
    private readonly OutboxState _state;
    private readonly TimeProvider _time;

    internal Jobs(Db db, FeatureCatalog catalog, OutboxState state, TimeProvider time) => (_db, _catalog, _state, _time) = (db, catalog, state, time);

    /// <summary>Joins the caller's transaction: the job is there when that commits, and only then.</summary>
    /// <param name="dueAt">Not before then; at once when left out.</param>
    /// <param name="priority">Of those that are due, higher ones start first.</param>
    /// <param name="requestedBy">Who may see how far it is.</param>
    public Task<Guid> EnqueueAsync(
        string name, string argument = "", DateTimeOffset? dueAt = null, int priority = 0, Guid? requestedBy = null, CancellationToken ct = default)
    {
        if (!_catalog.Jobs.ContainsKey(name))
            throw new InvalidOperationException($"No feature declares the job {name}. Add f.Job<...>(\"{name}\") to its Declare.");

        return _db.TransactAsync(async () =>
        {
            var (id, now) = (Guid.CreateVersion7(), _time.GetUtcNow());
            await _db.ExecuteAsync($"""
                INSERT INTO jobs (id, name, argument, priority, scheduled, requested_by, state, created_at, due_at, attempts)
                VALUES ({id}, {name}, {argument}, {priority}, {false}, {requestedBy}, 'Queued', {now}, {dueAt ?? now}, 0)
                """, ct);
            await _state.LockAsync(ct);
            await _state.MarkAsync(dueAt ?? now, ct);
            return id;
        }, ct);
    }

    public Task<JobStatus?> FindAsync(Guid id, CancellationToken ct = default) => _db.FirstAsync<JobStatus>($"""
        SELECT id, name, state, percent, progress, result, error, created_at, ended_at, attempts, revision, requested_by FROM jobs WHERE id = {id}
        """, ct);

    /// <summary>Once more from the beginning, at once.</summary>
    /// <returns>False when it has not failed or been cancelled, or is one of a schedule, whose next time comes by itself.</returns>
    public Task<bool> RetryAsync(Guid id, CancellationToken ct = default) => _db.TransactAsync(async () =>
    {
        var now = _time.GetUtcNow();
        var rows = await _db.ExecuteAsync($"""
            UPDATE jobs SET state = 'Queued', attempts = 0, percent = 0, progress = NULL, error = NULL, cancel = {false}, due_at = {now}, ended_at = NULL, revision = revision + 1
            WHERE id = {id} AND NOT scheduled AND state IN ('Failed', 'Cancelled')
            """, ct);
        if (rows == 0) return false;

        await _state.LockAsync(ct);
        await _state.MarkAsync(now, ct);
        return true;
    }, ct);

    /// <summary>A waiting job never starts; a running one is told at its next sign of life, and stops where it listens to its token.</summary>
    /// <returns>False when it had ended.</returns>
    public async Task<bool> CancelAsync(Guid id, CancellationToken ct = default) => await _db.ExecuteAsync($"""
        UPDATE jobs SET cancel = {true}, revision = revision + 1,
            state = CASE WHEN state = 'Running' THEN state ELSE 'Cancelled' END,
            ended_at = CASE WHEN state = 'Running' THEN ended_at ELSE {_time.GetUtcNow()} END
        WHERE id = {id} AND NOT scheduled AND state IN ('Queued', 'Held', 'Running')
        """, ct) > 0;
}
