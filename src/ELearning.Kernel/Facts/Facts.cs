using ELearning.Data;

namespace ELearning;

/// <summary>Tells other features what has become true, in the transaction that makes it so.</summary>
public sealed class Facts
{
    private readonly Db _db;
    private readonly FactRoutes _routes;
    private readonly OutboxState _state;
    private readonly TimeProvider _time;

    internal Facts(Db db, FactRoutes routes, OutboxState state, TimeProvider time) =>
        (_db, _routes, _state, _time) = (db, routes, state, time);

    /// <summary>Joins the caller's transaction. Every handler of a feature in force gets the fact after the commit, in the order of its subject.</summary>
    public async Task PublishAsync<TFact>(TFact fact, CancellationToken ct = default) where TFact : notnull
    {
        var (info, handlers) = _routes.Of(typeof(TFact));
        if (handlers.Length == 0) return;

        var (subject, now) = (info.Subject(fact), _time.GetUtcNow());
        // The subject's row stays locked until the commit, so facts become visible in their order. A number that is not used does no harm.
        Sql number = $"""
            INSERT INTO fact_subjects (kind, id, last) VALUES ({subject.Kind}, {subject.Id}, 1)
            ON CONFLICT (kind, id) DO UPDATE SET last = fact_subjects.last + 1
            RETURNING {_state.Share} AS locked
            """;
        Sql rows = $"";
        foreach (var handler in handlers)
            rows = $"{rows}{(handler == handlers[0] ? (Sql)$"" : $", ")}({Guid.CreateVersion7(now)}, {handler.Name}, {handler.Feature})";
        // Both databases call the columns of VALUES so.
        Sql write = $"""
            INSERT INTO outbox (id, handler, feature, subject_kind, subject_id, number, fact, version, json, state, published_at, due_at, attempts)
            SELECT handlers.column1, handlers.column2, handlers.column3, subject.kind, subject.id, subject.last,
                {info.Name}, {info.Version}, {Json.Of(fact)}, 'Waiting', {now}, {now}, 0
            FROM fact_subjects AS subject, (VALUES {rows}) AS handlers
            WHERE subject.kind = {subject.Kind} AND subject.id = {subject.Id}
            """;

        // One round trip, shared with other publishers when there is no transaction to join. It writes nothing unless the tenant is marked.
        var written = await _db.AppendAsync([number, $"{write} AND EXISTS (SELECT 1 FROM outbox_state WHERE dirty)"], ct);
        Faults.At("publish.appended");
        if (written[1] > 0) _state.Nudge();
        else await _db.TransactAsync(() => WriteAndMarkAsync(number, write, now, ct), ct);
        Faults.At("publish.committed");
    }

    private async Task WriteAndMarkAsync(Sql number, Sql write, DateTimeOffset now, CancellationToken ct)
    {
        await _db.ExecuteAsync(number, ct);
        Faults.At("publish.numbered");
        await _db.ExecuteAsync(write, ct);
        Faults.At("publish.written");
        await _state.MarkAsync(now, ct);
    }
}
