using ELearning.Data;
using ELearning.Shells;

namespace ELearning;

/// <summary>
/// Keeps the platform's mark true: while a tenant has work that is due, or a transaction that may add some, it is marked
/// in <see cref="Wakeups"/>. <c>dirty</c> says that the mark is there and due, and spares every publisher but the first
/// the way to the platform's database. Marks without work are harmless; work without a mark cannot be.
/// </summary>
internal sealed class OutboxState(Db db, Tenant tenant, FactRoutes routes, OutboxLock locks, Wakeups wakeups, Nudges nudges, TimeProvider time)
{
    /// <summary>An expression for RETURNING; see <see cref="OutboxLock.Share"/>.</summary>
    public Sql Share => locks.Share;

    public Task LockAsync(CancellationToken ct) => db.ExecuteAsync($"SELECT {locks.Share}", ct);

    /// <summary>After the work was written, in the same transaction, under the shared lock.</summary>
    public async Task MarkAsync(DateTimeOffset dueAt, CancellationToken ct)
    {
        if (await db.FirstAsync<bool?>($"SELECT dirty FROM outbox_state", ct) is not true)
        {
            await wakeups.MarkAsync(tenant.Name, dueAt, ct);
            Faults.At("mark.platform");
            // Another publisher may be setting it. Waiting for its commit could deadlock, and need not be: our mark stands.
            if (dueAt <= time.GetUtcNow())
                await db.ExecuteAsync($"""
                    UPDATE outbox_state SET dirty = {true}
                    WHERE id = (SELECT id FROM outbox_state WHERE id = 1 {locks.SkipLocked})
                    """, ct);
            Faults.At("mark.dirty");
        }
        if (dueAt <= time.GetUtcNow()) Nudge();
    }

    public void Nudge() => db.AfterCommit(() => nudges.Add(tenant.Name));

    /// <summary>Puts the mark off until the next work is due, or deletes it, if nothing is due now.</summary>
    public async Task ClearAsync(CancellationToken ct)
    {
        // Read before looking: who marks after this makes the last step miss.
        if (await wakeups.VersionAsync(tenant.Name, ct) is not { } version) return;
        Faults.At("clear.read");

        DateTimeOffset? next = null;
        var cleared = await db.TransactAsync(async () =>
        {
            if (!await locks.TryExclusiveAsync(db, ct)) return false;
            next = await NextAsync(ct);
            Faults.At("clear.checked");
            if (next <= time.GetUtcNow()) return false;
            await db.ExecuteAsync($"UPDATE outbox_state SET dirty = {false} WHERE id = 1", ct);
            return true;
        }, ct);
        if (!cleared) return;

        Faults.At("clear.committed");
        await wakeups.ClearAsync(tenant.Name, version, next, ct);
        Faults.At("clear.deleted");
    }

    // A fact behind another of its subject is not due, whatever its time; a running job is due when its lease ends. A
    // scheduled job that wakes nobody counts only once it has begun.
    private Task<DateTimeOffset?> NextAsync(CancellationToken ct) => db.FirstAsync<DateTimeOffset?>($"""
        SELECT MIN(due_at) FROM (
            SELECT MIN(due_at) AS due_at FROM outbox WHERE state <> 'Parked' AND {Delivery.IsFirst}
            UNION ALL SELECT MIN(due_at) FROM jobs WHERE state IN ('Queued', 'Running')
                AND NOT (scheduled AND state = 'Queued' AND attempts = 0 AND name IN {HeldFacts.In(routes.Patient)})) AS work
        """, ct);
}
