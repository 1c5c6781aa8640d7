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

        await _db.TransactAsync(() => WriteAsync(info, handlers, info.Subject(fact), Json.Of(fact), ct), ct);
        Faults.At("publish.committed");
    }

    // Two statements a fact. The subject's row stays locked until the commit, so facts become visible in their order.
    private async Task WriteAsync(FactInfo info, HandlerInfo[] handlers, (string Kind, Guid Id) subject, string json, CancellationToken ct)
    {
        var taken = await _db.FirstAsync<Taken>($"""
            INSERT INTO fact_subjects (kind, id, last) VALUES ({subject.Kind}, {subject.Id}, 1)
            ON CONFLICT (kind, id) DO UPDATE SET last = fact_subjects.last + 1
            RETURNING last, {_state.Share} AS locked
            """, ct);
        Faults.At("publish.numbered");

        var now = _time.GetUtcNow();
        Sql rows = $"";
        foreach (var handler in handlers)
            rows = $"""
                {rows}{(rows.ToString() is "" ? (Sql)$"" : $", ")}({Guid.CreateVersion7(now)}, {handler.Name}, {handler.Feature},
                {subject.Kind}, {subject.Id}, {taken!.Last}, {info.Name}, {info.Version}, {json}, 'Waiting', {now}, {now}, 0)
                """;
        var dirty = await _db.FirstAsync<bool?>($"""
            INSERT INTO outbox (id, handler, feature, subject_kind, subject_id, number, fact, version, json, state, published_at, due_at, attempts)
            VALUES {rows} RETURNING (SELECT dirty FROM outbox_state) AS dirty
            """, ct);
        Faults.At("publish.written");
        await _state.MarkAsync(dirty is true, now, ct);
    }

    private sealed record Taken(long Last);
}
