using ELearning.Data;

namespace ELearning;

/// <summary>
/// Which tenants have work, and from when on: one row a tenant in the platform's database, so that the pump need not
/// open a tenant to know that it has nothing to do.
/// </summary>
internal sealed class Wakeups(PlatformDb platform)
{
    public static readonly Sql[] Migrations =
    [
        $"CREATE TABLE wakeups (tenant TEXT PRIMARY KEY, version UUID NOT NULL, due_at TIMESTAMPTZ NOT NULL)",
        $"CREATE INDEX wakeups_by_due ON wakeups (due_at, tenant)",
    ];

    /// <summary>Committed at once. The version is never used twice: a counter would start anew after a row was deleted, and a slow host would then delete the wrong mark.</summary>
    public Task MarkAsync(string tenant, DateTimeOffset dueAt, CancellationToken ct) => MarkAsync(platform.Open(), tenant, dueAt, ct);

    public static Task MarkAsync(Db platform, string tenant, DateTimeOffset dueAt, CancellationToken ct) => platform.ExecuteAsync($"""
        INSERT INTO wakeups (tenant, version, due_at) VALUES ({tenant}, {Guid.NewGuid()}, {dueAt})
        ON CONFLICT (tenant) DO UPDATE SET version = excluded.version,
            due_at = CASE WHEN excluded.due_at < wakeups.due_at THEN excluded.due_at ELSE wakeups.due_at END
        """, ct);

    public Task<Guid?> VersionAsync(string tenant, CancellationToken ct) =>
        platform.Open().FirstAsync<Guid?>($"SELECT version FROM wakeups WHERE tenant = {tenant}", ct);

    /// <summary>Forgets the mark, or puts it off until the next work is due, unless somebody marked again since it was read.</summary>
    public Task ClearAsync(string tenant, Guid version, DateTimeOffset? next, CancellationToken ct) => platform.Open().ExecuteAsync(next is null
        ? $"DELETE FROM wakeups WHERE tenant = {tenant} AND version = {version}"
        : (Sql)$"UPDATE wakeups SET due_at = {next} WHERE tenant = {tenant} AND version = {version}", ct);

    /// <summary>Only tenants that can be leased: the others keep their marks until they run again.</summary>
    public Task<List<string>> DueAsync(DateTimeOffset now, int limit, CancellationToken ct) => platform.Open().ListAsync<string>($"""
        SELECT wakeups.tenant FROM wakeups JOIN tenants ON tenants.name = wakeups.tenant
        WHERE wakeups.due_at <= {now} AND tenants.state = 'Running'
        ORDER BY wakeups.due_at, wakeups.tenant LIMIT {limit}
        """, ct);
}
