using ELearning.Data;

namespace ELearning.Shells;

/// <summary>The rows of all tenants. Whatever changes one goes through <see cref="SaveAsync"/>, so that every host learns of it.</summary>
internal sealed class Tenants(PlatformDb platform, IBus bus)
{
    public static readonly Sql[] Migrations =
    [
        $"""
        CREATE TABLE tenants (
            id       UUID PRIMARY KEY,
            name     TEXT NOT NULL UNIQUE,
            name_key TEXT NOT NULL UNIQUE,
            key      TEXT NOT NULL UNIQUE,
            title    TEXT NOT NULL,
            state    TEXT NOT NULL,
            reason   TEXT,
            hosts    TEXT NOT NULL,
            prefix   TEXT,
            features TEXT NOT NULL,
            theme    TEXT NOT NULL,
            zone     TEXT NOT NULL,
            culture  TEXT NOT NULL,
            version  BIGINT NOT NULL,
            changed  BIGINT NOT NULL UNIQUE)
        """,
        $"CREATE TABLE tenant_addresses (address TEXT PRIMARY KEY, tenant UUID NOT NULL)",
        $"CREATE INDEX tenant_addresses_by_tenant ON tenant_addresses (tenant)",
        $"CREATE TABLE platform_changes (id INTEGER PRIMARY KEY CHECK (id = 1), last BIGINT NOT NULL)",
        $"INSERT INTO platform_changes (id, last) VALUES (1, 0)",
        // What lists show, find and sort by. None of it is part of a version: nobody's shell is built anew for it.
        $"ALTER TABLE tenants ADD COLUMN title_key TEXT NOT NULL DEFAULT ''",
        $"ALTER TABLE tenants ADD COLUMN sought TEXT NOT NULL DEFAULT ''",
        $"ALTER TABLE tenants ADD COLUMN recipe TEXT",
        $"ALTER TABLE tenants ADD COLUMN people BIGINT NOT NULL DEFAULT 0",
        $"ALTER TABLE tenants ADD COLUMN storage BIGINT NOT NULL DEFAULT 0",
        $"ALTER TABLE tenants ADD COLUMN last_request BIGINT NOT NULL DEFAULT 0",
        $"ALTER TABLE tenants ADD COLUMN failed_release TEXT",
        $"UPDATE tenants SET title_key = lower(title), sought = lower(title || ' ' || name || ' ' || hosts || ' /' || COALESCE(prefix, ''))",
        $"CREATE INDEX tenants_by_title ON tenants (title_key, name_key)",
        $"CREATE INDEX tenants_by_people ON tenants (people, name_key)",
        $"CREATE INDEX tenants_by_storage ON tenants (storage, name_key)",
        $"CREATE INDEX tenants_by_last_request ON tenants (last_request, name_key)",
        $"ALTER TABLE tenants ADD COLUMN archived_at TIMESTAMPTZ",
        $"ALTER TABLE tenants ADD COLUMN export TEXT",
    ];

    private static Sql Columns => $"id, name, key, title, state, reason, hosts, prefix, features, theme, zone, culture, version, changed";

    public Db OpenPlatform() => platform.Open();

    public Task<Tenant?> FindAsync(string name, CancellationToken ct) =>
        platform.Open().FirstAsync<Tenant>($"SELECT {Columns} FROM tenants WHERE name_key = {name.ToLowerInvariant()}", ct);

    /// <summary>Those changed after a point in the order of changes; with 0, all of them.</summary>
    public Task<List<Tenant>> ChangedAfterAsync(long changed, CancellationToken ct) =>
        platform.Open().ListAsync<Tenant>($"SELECT {Columns} FROM tenants WHERE changed > {changed} ORDER BY changed", ct);

    public Task<List<Tenant>> PageAsync(string? afterName, int count, CancellationToken ct) => platform.Open().ListAsync<Tenant>($"""
        SELECT {Columns} FROM tenants
        WHERE name_key > {(afterName ?? "").ToLowerInvariant()} AND state <> {TenantState.Removed} ORDER BY name_key LIMIT {count}
        """, ct);

    /// <returns>Null when there is a tenant of that name already.</returns>
    public Task<Tenant?> AddAsync(Tenant tenant, CancellationToken ct)
    {
        var db = platform.Open();
        return db.TransactAsync(async () =>
        {
            var added = tenant with { Version = 1, Changed = await NextChangeAsync(db, ct) };
            var rows = await InsertAsync(db, added, ct);
            if (rows == 0) return null;

            await SaveAddressesAsync(db, added, ct);
            await bus.NotifyAsync(db, Topic.Tenant, added.Name, added.Changed, ct);
            return added;
        }, ct);
    }

    /// <summary>Remembers after which recipe it was made. No change of version: nothing in force depends on it.</summary>
    public Task MadeByAsync(Tenant tenant, string recipe, CancellationToken ct) =>
        platform.Open().ExecuteAsync($"UPDATE tenants SET recipe = {recipe} WHERE id = {tenant.Id}", ct);

    /// <returns>Null when that has not come to its end yet.</returns>
    public Task<string?> MadeByAsync(string name, CancellationToken ct) =>
        platform.Open().FirstAsync<string>($"SELECT recipe FROM tenants WHERE name_key = {name.ToLowerInvariant()} AND recipe IS NOT NULL", ct);

    /// <summary>The name of another tenant that has one of these hosts or this prefix.</summary>
    public async Task<string?> AtAddressAsync(string[] hosts, string? prefix, string? self, CancellationToken ct)
    {
        var addresses = Addresses(hosts, prefix);
        return addresses.Length == 0 ? null : await platform.Open().FirstAsync<string>($"""
            SELECT t.name FROM tenant_addresses a JOIN tenants t ON t.id = a.tenant
            WHERE a.address IN {addresses} AND t.name_key <> {(self ?? "").ToLowerInvariant()} ORDER BY t.name LIMIT 1
            """, ct);
    }

    /// <summary>Those that failed under another release than this one.</summary>
    public Task<List<string>> FailedElsewhereAsync(string release, CancellationToken ct) => platform.Open().ListAsync<string>(
        $"SELECT name FROM tenants WHERE state = 'Failed' AND COALESCE(failed_release, '') <> {release} ORDER BY name LIMIT 10000", ct);

    /// <summary>Takes it away with its settings, and frees its id, name and addresses. A row named after the key stays, so that every host learns of it.</summary>
    public Task RemoveAsync(Tenant tenant, CancellationToken ct)
    {
        var db = platform.Open();
        return db.TransactAsync(async () =>
        {
            var changed = await NextChangeAsync(db, ct);
            await db.ExecuteAsync($"DELETE FROM tenant_addresses WHERE tenant = {tenant.Id}", ct);
            await db.ExecuteAsync($"DELETE FROM tenants WHERE id = {tenant.Id}", ct);
            var gone = tenant with { Id = Guid.CreateVersion7(), Name = tenant.Key, State = TenantState.Removed, Hosts = [], Prefix = null, Features = [] };
            await InsertAsync(db, gone with { Version = tenant.Version + 1, Changed = changed }, ct);
            await bus.NotifyAsync(db, Topic.Tenant, tenant.Name, changed, ct);
        }, ct);
    }

    /// <summary>Saves what differs from the version that was read, in the caller's transaction with whatever else belongs to the act.</summary>
    /// <returns>The tenant as saved, or null when somebody else changed it since.</returns>
    public Task<Tenant?> SaveAsync(Db db, Tenant tenant, CancellationToken ct) => db.TransactAsync(async () =>
    {
        var saved = tenant with { Version = tenant.Version + 1, Changed = await NextChangeAsync(db, ct) };
        var rows = await db.ExecuteAsync($"""
            UPDATE tenants SET key = {saved.Key}, title = {saved.Title}, title_key = {Fold.Text(saved.Title)}, sought = {Sought(saved)}, state = {saved.State}, reason = {saved.Reason}, hosts = {Json.Of(saved.Hosts)},
                prefix = {saved.Prefix}, features = {Json.Of(saved.Features)}, theme = {saved.Theme}, zone = {saved.Zone},
                culture = {saved.Culture}, version = {saved.Version}, changed = {saved.Changed}
            WHERE id = {saved.Id} AND version = {tenant.Version}
            """, ct);
        if (rows == 0) return null;

        await SaveAddressesAsync(db, saved, ct);
        await bus.NotifyAsync(db, Topic.Tenant, saved.Name, saved.Changed, ct);
        return saved;
    }, ct);

    private static Task<int> InsertAsync(Db db, Tenant tenant, CancellationToken ct) => db.ExecuteAsync($"""
        INSERT INTO tenants (id, name, name_key, key, title, title_key, sought, state, reason, hosts, prefix, features, theme, zone, culture, version, changed)
        VALUES ({tenant.Id}, {tenant.Name}, {tenant.Name.ToLowerInvariant()}, {tenant.Key}, {tenant.Title}, {Fold.Text(tenant.Title)}, {Sought(tenant)}, {tenant.State}, {tenant.Reason},
            {Json.Of(tenant.Hosts)}, {tenant.Prefix}, {Json.Of(tenant.Features)}, {tenant.Theme}, {tenant.Zone}, {tenant.Culture}, {tenant.Version}, {tenant.Changed})
        ON CONFLICT DO NOTHING
        """, ct);

    // What a search looks into: the words by which people know a tenant.
    private static string Sought(Tenant tenant) => Fold.Text(string.Join(' ', [tenant.Title, tenant.Name, .. Addresses(tenant.Hosts, tenant.Prefix)]));

    // Two tenants at one address are refused by the key of this table, whoever comes first.
    private static async Task SaveAddressesAsync(Db db, Tenant tenant, CancellationToken ct)
    {
        var addresses = tenant.State == TenantState.Removed ? [] : Addresses(tenant.Hosts, tenant.Prefix);
        await db.ExecuteAsync($"DELETE FROM tenant_addresses WHERE tenant = {tenant.Id}", ct);
        foreach (var address in addresses)
            await db.ExecuteAsync($"INSERT INTO tenant_addresses (address, tenant) VALUES ({address}, {tenant.Id})", ct);
    }

    private static string[] Addresses(string[] hosts, string? prefix) =>
        [.. hosts.Select(host => host.ToLowerInvariant()), .. prefix is null ? Array.Empty<string>() : ["/" + prefix.ToLowerInvariant()]];

    // The row stays locked until the commit, so changes become visible in the order of their numbers and none can be missed.
    private static async Task<long> NextChangeAsync(Db db, CancellationToken ct) =>
        await db.FirstAsync<long?>($"UPDATE platform_changes SET last = last + 1 WHERE id = 1 RETURNING last", ct)
            ?? throw new InvalidOperationException("The platform's row of changes is missing.");
}
