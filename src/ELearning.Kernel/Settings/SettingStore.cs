using System.Text.Json;
using ELearning.Data;
using ELearning.Security;
using ELearning.Shells;

namespace ELearning.Settings;

/// <summary>
/// The settings of all tenants, a row for each property that somebody set to other than its default: so a later
/// release's better default reaches all who never chose, and every value has its own who and when.
/// </summary>
internal sealed class SettingStore(FeatureCatalog catalog, PlatformDb platform, TenantKeys keys)
{
    public static readonly Sql[] Migrations =
    [
        $"""
        CREATE TABLE tenant_settings (
            tenant UUID NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
            key    TEXT NOT NULL,
            json   TEXT NOT NULL,
            by     TEXT NOT NULL,
            at     TIMESTAMPTZ NOT NULL,
            PRIMARY KEY (tenant, key))
        """,
    ];

    public IReadOnlyDictionary<string, SettingRecord> Records { get; } =
        catalog.Settings.Values.ToDictionary(info => info.Name, info => new SettingRecord(info), StringComparer.OrdinalIgnoreCase);

    /// <summary>Every declared record with a tenant's values, for the container of its shell. One statement.</summary>
    public async Task<IReadOnlyList<(Type Type, object Value)>> LoadAsync(Tenant tenant, CancellationToken ct)
    {
        var stored = await ValuesAsync(tenant, await RowsAsync(tenant, ct), ct);
        return [.. Records.Values.Select(record => (record.Info.Type, record.Make(stored)))];
    }

    public Task<List<SettingRow>> RowsAsync(Tenant tenant, CancellationToken ct) =>
        platform.Open().ListAsync<SettingRow>($"SELECT key, json, by, at FROM tenant_settings WHERE tenant = {tenant.Id} ORDER BY key", ct);

    /// <summary>The rows' values by key, secrets opened.</summary>
    public async Task<Dictionary<string, string>> ValuesAsync(Tenant tenant, IEnumerable<SettingRow> rows, CancellationToken ct)
    {
        var secrets = new Secrets(keys, TenantKeys.NameOf(tenant));
        var values = new Dictionary<string, string>();
        var secretKeys = Records.Values.SelectMany(r => r.Properties).Where(p => p.IsSecret).Select(p => p.Key).ToHashSet();
        foreach (var row in rows)
            values[row.Key] = secretKeys.Contains(row.Key) ? await secrets.OpenAsync(Purpose(row.Key), Json.To<string>(row.Json), ct) : row.Json;
        return values;
    }

    public async Task<string> SealAsync(Tenant tenant, string key, string json, CancellationToken ct) =>
        JsonSerializer.Serialize(await new Secrets(keys, TenantKeys.NameOf(tenant)).SealAsync(Purpose(key), json, ct));

    public static Task<int> SetAsync(Db db, Tenant tenant, SettingRow row, CancellationToken ct) => db.ExecuteAsync(
        $"""
        INSERT INTO tenant_settings (tenant, key, json, by, at) VALUES ({tenant.Id}, {row.Key}, {row.Json}, {row.By}, {row.At})
        ON CONFLICT (tenant, key) DO UPDATE SET json = excluded.json, by = excluded.by, at = excluded.at
        """, ct);

    public static Task<int> ClearAsync(Db db, Tenant tenant, string key, CancellationToken ct) =>
        db.ExecuteAsync($"DELETE FROM tenant_settings WHERE tenant = {tenant.Id} AND key = {key}", ct);

    private static string Purpose(string key) => $"setting {key}";
}

internal sealed record SettingRow(string Key, string Json, string By, DateTimeOffset At);
