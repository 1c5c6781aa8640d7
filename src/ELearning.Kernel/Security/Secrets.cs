using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using ELearning.Shells;

namespace ELearning.Security;

/// <summary>Seals what a tenant must keep and nobody may read from a copy of its database: passwords of others, tokens, keys.</summary>
public sealed class Secrets
{
    private readonly TenantKeys _keys;
    private readonly string _tenant;

    internal Secrets(TenantKeys keys, string tenant) => (_keys, _tenant) = (keys, tenant);

    /// <param name="purpose">The place of the value, such as <c>smtp.password</c>. It opens under the same purpose only.</param>
    public async ValueTask<string> SealAsync(string purpose, string plain, CancellationToken ct = default) =>
        (await _keys.CurrentAsync(_tenant, ct)).Seal(Encoding.UTF8.GetBytes(plain), About(purpose));

    /// <summary>The plain text. Throws when the value was changed, or sealed for another tenant or purpose.</summary>
    public async ValueTask<string> OpenAsync(string purpose, string @sealed, CancellationToken ct = default) =>
        Encoding.UTF8.GetString((await _keys.FindAsync(_tenant, SealingKey.KeyOf(@sealed), ct)).Open(@sealed, About(purpose)));

    // The length keeps ("a", "bc") apart from ("ab", "c").
    private string About(string purpose) => $"secret {_tenant.Length} {_tenant} {purpose}";
}

/// <summary>Every tenant's keys, wrapped by the installation's. The latest seals; older ones still open.</summary>
internal sealed class TenantKeys(PlatformDb platform, InstallationKey installation, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, SealingKey[]> _known = new();

    /// <summary>From now on a new key seals this tenant's values. What is sealed already stays readable.</summary>
    public async Task RotateAsync(string tenant, CancellationToken ct)
    {
        await AddAsync(tenant, ct);
        await ReadAsync(tenant, ct);
    }

    /// <summary>Without its keys a removed tenant's secrets are noise, in every backup of its database too.</summary>
    public async Task RemoveAsync(string tenant, CancellationToken ct)
    {
        await platform.Open().ExecuteAsync($"DELETE FROM tenant_keys WHERE tenant = {tenant}", ct);
        _known.TryRemove(tenant, out _);
    }

    /// <summary>The bare keys, for an archive that is itself sealed.</summary>
    internal async Task<List<string>> ExportAsync(Tenant tenant, CancellationToken ct) =>
        [.. (await ReadAsync(NameOf(tenant), ct)).Select(key => Convert.ToBase64String(key.ToBytes()))];

    internal async Task ImportAsync(Tenant tenant, IReadOnlyList<string> keys, CancellationToken ct)
    {
        // The first is the latest; one that is here already is wrapped again and stays the same.
        foreach (var key in keys.Reverse()) await AddAsync(NameOf(tenant), new(Convert.FromBase64String(key)), ct);
        await ReadAsync(NameOf(tenant), ct);
    }

    /// <summary>A restored tenant has another key for its database, and an imported one may have another name.</summary>
    internal static string NameOf(Tenant tenant) => tenant.Id.ToString();

    internal static string About(string tenant) => $"tenant key {tenant}";

    internal async ValueTask<SealingKey> CurrentAsync(string tenant, CancellationToken ct)
    {
        if (_known.TryGetValue(tenant, out var known)) return known[0];
        if (await ReadAsync(tenant, ct) is [var first, ..]) return first;

        // Two hosts may both come here. Then the tenant has two keys, and both are good.
        await AddAsync(tenant, ct);
        return (await ReadAsync(tenant, ct))[0];
    }

    internal async ValueTask<SealingKey> FindAsync(string tenant, string id, CancellationToken ct) =>
        (_known.TryGetValue(tenant, out var known) ? Array.Find(known, key => key.Id == id) : null)
        ?? Array.Find(await ReadAsync(tenant, ct), key => key.Id == id)
        ?? throw new CryptographicException($"The tenant {tenant} has no key {id}: the value belongs to another tenant, or its key was removed.");

    private Task AddAsync(string tenant, CancellationToken ct) => AddAsync(tenant, SealingKey.New(), ct);

    private async Task AddAsync(string tenant, SealingKey key, CancellationToken ct)
    {
        SealingKey wrapper;
        do
        {
            wrapper = installation.Current;
            var wrapped = wrapper.Seal(key.ToBytes(), About(tenant));
            await platform.Open().ExecuteAsync(
                $"""
                INSERT INTO tenant_keys (id, tenant, wrapped, wrapped_by, created_at)
                VALUES ({key.Id}, {tenant}, {wrapped}, {wrapper.Id}, {clock.GetUtcNow()})
                ON CONFLICT (id) DO UPDATE SET wrapped = excluded.wrapped, wrapped_by = excluded.wrapped_by
                """, ct);
        }
        // A rotation that ended meanwhile has not seen this row and has dropped the key that wraps it.
        while (installation.Current.Id != wrapper.Id);
    }

    private async Task<SealingKey[]> ReadAsync(string tenant, CancellationToken ct)
    {
        var rows = await platform.Open().ListAsync<string>(
            $"SELECT wrapped FROM tenant_keys WHERE tenant = {tenant} ORDER BY created_at DESC, id DESC", ct);
        SealingKey[] keys = [.. rows.Select(wrapped => new SealingKey(installation.Open(wrapped, About(tenant))))];
        if (keys.Length > 0) _known[tenant] = keys;
        return keys;
    }
}
