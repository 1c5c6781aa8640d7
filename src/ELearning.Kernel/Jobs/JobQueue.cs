using ELearning.Data;
using ELearning.Shells;

namespace ELearning;

/// <summary>A job on lease to this host. Whatever is written says under which lease, so a host that lost it changes nothing.</summary>
internal sealed record Leased(Guid Id, string Name, string Argument, int Attempts, int Priority, bool Scheduled, Guid Owner, bool Cancel);

/// <summary>All that happens to a job's row between its start and its end.</summary>
internal sealed class JobQueue(Db db, FactRoutes routes, OutboxLock locks, OutboxState state, Tenant tenant, TimeProvider time)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan[] Delays =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)];

    /// <returns>Null when none is due. Every lease has an owner of its own, a fresh id.</returns>
    public async Task<Leased?> TakeAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        // Most visits find none: a read keeps them from the writer.
        while (await db.FirstAsync<int?>($"SELECT 1 FROM jobs WHERE state IN ('Queued', 'Running') AND due_at <= {now} LIMIT 1", ct) is not null)
        {
            var job = await db.FirstAsync<Leased>($"""
                UPDATE jobs SET state = 'Running', owner = {Guid.CreateVersion7()}, due_at = {now + Lease}, attempts = attempts + 1, revision = revision + 1
                WHERE id = (SELECT id FROM jobs WHERE state IN ('Queued', 'Running') AND due_at <= {now}
                            ORDER BY priority DESC, due_at, id LIMIT 1 {locks.SkipLocked})
                  AND due_at <= {now}
                RETURNING id, name, argument, attempts, priority, scheduled, owner, cancel
                """, ct);
            if (job is null || routes.Jobs.ContainsKey(job.Name)) return job;

            await db.ExecuteAsync($"UPDATE jobs SET state = 'Held', attempts = attempts - 1, owner = NULL WHERE {Mine(job)}", ct);
        }
        return null;
    }

    /// <summary>The host lives and works on it.</summary>
    /// <returns>False when the job is to stop: cancelled, or another host's by now.</returns>
    public async Task<bool> RenewAsync(Leased job, CancellationToken ct) => await db.FirstAsync<bool?>(
        $"UPDATE jobs SET due_at = {time.GetUtcNow() + Lease} WHERE {Mine(job)} RETURNING cancel", ct) is false;

    public async Task<bool> ProgressAsync(Leased job, int percent, string text, CancellationToken ct) => await db.FirstAsync<bool?>($"""
        UPDATE jobs SET percent = {percent}, progress = {text}, due_at = {time.GetUtcNow() + Lease}, revision = revision + 1
        WHERE {Mine(job)} RETURNING cancel
        """, ct) is false;

    /// <summary>Ended for good. A scheduled one is queued for its next time in the same transaction.</summary>
    public Task EndAsync(Leased job, JobState ended, string? result, string? error, CancellationToken ct) => db.TransactAsync(async () =>
    {
        var now = time.GetUtcNow();
        var rows = await db.ExecuteAsync($"""
            UPDATE jobs SET state = {ended}, result = {result}, error = {error}, ended_at = {now}, owner = NULL, revision = revision + 1,
                percent = CASE WHEN {ended == JobState.Done} THEN 100 ELSE percent END
            WHERE {Mine(job)}
            """, ct);
        if (rows > 0 && job.Scheduled && routes.Jobs.GetValueOrDefault(job.Name)?.Schedule is { } schedule) await ScheduleAsync(job.Name, schedule, ct);
        Faults.At("job.ended");
    }, ct);

    /// <summary>Failed, and tried again later, until it has failed too often.</summary>
    /// <returns>Whether it will be tried again.</returns>
    public async Task<bool> SetBackAsync(Leased job, string error, CancellationToken ct)
    {
        if (job.Attempts > Delays.Length)
        {
            await EndAsync(job, JobState.Failed, null, error, ct);
            return false;
        }
        await RequeueAsync(job, time.GetUtcNow() + Delays[job.Attempts - 1], job.Attempts, error, ct);
        return true;
    }

    /// <summary>Another host may have it at once, as if this one had never begun.</summary>
    public Task ReturnAsync(Leased job, CancellationToken ct) => RequeueAsync(job, time.GetUtcNow(), job.Attempts - 1, null, ct);

    /// <summary>Holds the jobs of features that are off, lets go on those of features that are on, and keeps every schedule's next run.</summary>
    public async Task FollowFeaturesAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var names = HeldFacts.In(routes.Jobs.Keys);
        await db.ExecuteAsync($"UPDATE jobs SET state = 'Queued', due_at = {now}, revision = revision + 1 WHERE state = 'Held' AND name IN {names}", ct);
        await db.ExecuteAsync($"UPDATE jobs SET state = 'Held', revision = revision + 1 WHERE state = 'Queued' AND name NOT IN {names}", ct);
        await db.ExecuteAsync($"DELETE FROM jobs WHERE ended_at < {now.AddDays(-30)}", ct);

        var scheduled = routes.Jobs.Values.Where(job => job.Schedule is not null).ToList();
        await db.ExecuteAsync($"DELETE FROM jobs WHERE scheduled AND state = 'Queued' AND name NOT IN {HeldFacts.In(scheduled.Select(job => job.Name))}", ct);
        foreach (var job in scheduled)
        {
            await ScheduleAsync(job.Name, job.Schedule!, ct);
            // The zone, or the schedule itself, may have changed since the next run was set.
            if (job.Schedule!.Every is null && job.Schedule.NextAfter(now, Zone) is var next)
                await db.ExecuteAsync($"""
                    UPDATE jobs SET due_at = {next}
                    WHERE name = {job.Name} AND scheduled AND state = 'Queued' AND attempts = 0 AND due_at > {now} AND due_at <> {next}
                    """, ct);
        }
    }

    private TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(tenant.Zone);

    private static Sql Mine(Leased job) => $"id = {job.Id} AND owner = {job.Owner} AND state = 'Running'";

    private async Task ScheduleAsync(string name, Schedule schedule, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var next = schedule.NextAfter(now, Zone);
        var added = await db.ExecuteAsync($"""
            INSERT INTO jobs (id, name, argument, priority, scheduled, state, created_at, due_at, attempts)
            VALUES ({Guid.CreateVersion7()}, {name}, '', -1, {true}, 'Queued', {now}, {next}, 0) ON CONFLICT DO NOTHING
            """, ct);
        if (added == 0 || schedule.IsWhenActive) return;

        await state.LockAsync(ct);
        await state.MarkAsync(next, ct);
    }

    private Task RequeueAsync(Leased job, DateTimeOffset dueAt, int attempts, string? error, CancellationToken ct) => db.TransactAsync(async () =>
    {
        await db.ExecuteAsync($"""
            UPDATE jobs SET state = 'Queued', due_at = {dueAt}, attempts = {attempts}, error = {error}, owner = NULL, revision = revision + 1
            WHERE {Mine(job)}
            """, ct);
        await state.LockAsync(ct);
        await state.MarkAsync(dueAt, ct);
    }, ct);
}
