using ELearning.Data;

namespace ELearning;

/// <summary>
/// What becomes of facts and jobs when features come and go: those of a feature that is off are held, facts for 30 days;
/// once it is on again they go on. Held facts carry the day on which they are dropped as the time they are due.
/// </summary>
internal sealed class HeldFacts(Db db, FactRoutes routes, Jobs jobs, JobQueue queue, Audit audit, TimeProvider time)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Once for every shell, before it does any work: the features may be others than the last one's.</summary>
    public async Task FollowFeaturesAsync(CancellationToken ct)
    {
        if (routes.Followed) return;
        await db.TransactAsync(() => FollowAsync(ct), ct);
        routes.Followed = true;
    }

    public async Task DropExpiredAsync(CancellationToken ct)
    {
        if (await db.FirstAsync<int?>($"SELECT 1 FROM outbox WHERE state = 'Held' AND due_at <= {time.GetUtcNow()} LIMIT 1", ct) is null) return;

        await db.TransactAsync(async () =>
        {
            var dropped = await db.ListAsync<string>($"DELETE FROM outbox WHERE state = 'Held' AND due_at <= {time.GetUtcNow()} RETURNING handler", ct);
            foreach (var handler in dropped.CountBy(handler => handler))
                await audit.WriteAsync("held-facts-dropped", Scope.Tenant, new { Handler = handler.Key, Count = handler.Value, Kept.Days }, ct);
        }, ct);
    }

    // A list in SQL cannot be empty, and nothing is called "".
    public static IEnumerable<string> In(IEnumerable<string> names) => names.Prepend("");

    private async Task FollowAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var handlers = In(routes.Handlers.Keys);
        await db.ExecuteAsync($"UPDATE outbox SET state = 'Waiting', due_at = {now} WHERE state = 'Held' AND handler IN {handlers}", ct);
        await db.ExecuteAsync($"UPDATE outbox SET state = 'Held', due_at = {now + Kept} WHERE state = 'Waiting' AND handler NOT IN {handlers}", ct);
        await queue.FollowFeaturesAsync(ct);

        // Handlers that this tenant did not have before: enabled, or new in this release.
        await db.ExecuteAsync($"DELETE FROM fact_handlers WHERE name NOT IN {handlers}", ct);
        foreach (var handler in routes.Handlers.Values.Where(handler => handler.Backfill is not null))
            if (await db.ExecuteAsync($"INSERT INTO fact_handlers (name) VALUES ({handler.Name}) ON CONFLICT (name) DO NOTHING", ct) > 0)
                await jobs.EnqueueAsync(Backfill.Name, handler.Name, ct: ct);
    }
}
