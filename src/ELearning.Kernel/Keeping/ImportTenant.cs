using System.Text.Json;
using ELearning.Data;
using ELearning.Security;
using ELearning.Settings;
using ELearning.Shells;
using Microsoft.Extensions.Logging;

namespace ELearning.Keeping;

/// <summary>A new tenant out of an archive of either engine. Nothing is left of one that fails.</summary>
internal sealed class ImportTenant(LoadArchive load, FeatureCatalog catalog, Tenants tenants, ShellHost shells, TenantKeys keys, SettingStore settings, Wakeups wakeups, TimeProvider clock, ILogger<ImportTenant> log)
{
    public Task<Imported> RunAsync(Stream source, ImportAs? wish, string? passphrase, CancellationToken ct) =>
        LoadArchive.ReadAsync(source, passphrase, LoadArchive.Limit, archive => RunAsync(archive, wish ?? new(), ct), ct);

    private async Task<Imported> RunAsync(ArchiveReader archive, ImportAs wish, CancellationToken ct)
    {
        if (archive.Manifest.Kind == ArchiveKind.Features) throw new KeepingException("The archive has the data of some features only, and makes no tenant.");
        var (tenant, was) = await AddAsync(await DescribedAsync(archive, ct), wish, ct);
        try
        {
            await load.RunAsync(archive, tenant.Key, catalog.Closure(tenant.Features, tenant.IsPlatform).Select(f => f.Id).ToHashSet(), ct);
            var withSecrets = was.Id == tenant.Id && was.Keys.Count > 0;
            if (withSecrets) await keys.ImportAsync(tenant, was.Keys, ct);
            await shells.RefreshAsync(ct);
            var running = await shells.ChangeAsync(tenant, read => read with { State = TenantState.Running },
                db => PutAsync(settings, db, tenant, was, withSecrets, ct), ct)
                ?? throw new KeepingException($"{tenant.Name} was changed by somebody else while it was imported.");
            // Work may have come along that nothing else would tell of.
            await wakeups.MarkAsync(tenant.Name, clock.GetUtcNow(), ct);
            log.LogInformation("Tenant {Tenant} imported", tenant.Name);
            return new(running, archive.Manifest.Hash, archive.Manifest.Tables.Sum(table => table.Rows), withSecrets);
        }
        catch
        {
            await tenants.RemoveAsync(tenant, CancellationToken.None);
            await shells.RefreshAsync(CancellationToken.None);
            await load.UndoAsync(tenant.Key);
            throw;
        }
    }

    /// <summary>The archive's settings instead of those that are there. A secret that no key opens would keep the tenant from starting: it is left to be entered again.</summary>
    internal static async Task PutAsync(SettingStore settings, Db db, Tenant tenant, ArchivedTenant was, bool withSecrets, CancellationToken ct)
    {
        var secret = settings.Records.Values.SelectMany(record => record.Properties).Where(property => property.IsSecret).Select(property => property.Key).ToHashSet();
        await db.ExecuteAsync($"DELETE FROM tenant_settings WHERE tenant = {tenant.Id}", ct);
        foreach (var row in was.Settings.Where(row => withSecrets || !secret.Contains(row.Key)))
            await SettingStore.SetAsync(db, tenant, new(row.Key, row.Json, row.By, row.At), ct);
    }

    internal static async Task<ArchivedTenant> DescribedAsync(ArchiveReader archive, CancellationToken ct)
    {
        try
        {
            ArchivedTenant? described = null;
            await archive.ReadAsync("tenant.json", archive.Manifest.Tenant, async stream => described = await JsonSerializer.DeserializeAsync<ArchivedTenant>(stream, Json.Options, ct), ct);
            return described is { Name: not null, Title: not null, Hosts: not null, Features: not null, Theme: not null, Zone: not null, Culture: not null, Keys: not null, Settings: not null }
                ? described : throw new KeepingException("The archive does not say what its tenant was.");
        }
        catch (JsonException e)
        {
            throw new KeepingException($"The archive does not say what its tenant was: {e.Message}", e);
        }
    }

    private async Task<(Tenant Tenant, ArchivedTenant Was)> AddAsync(ArchivedTenant was, ImportAs wish, CancellationToken ct)
    {
        var (name, hosts, prefix) = (wish.Name ?? was.Name, wish.Hosts ?? was.Hosts, wish.Hosts is null ? wish.Prefix ?? was.Prefix : wish.Prefix);
        if (!Tenant.IsName(name)) throw new KeepingException($"{name} is no name for a tenant. Use up to 40 letters, digits and hyphens, a letter first.");
        if (await tenants.FindAsync(name, ct) is not null) throw new KeepingException($"There is a tenant {name} already. Choose another name, or restore it.");
        if (await tenants.AtAddressAsync(hosts, prefix, null, ct) is { } taken) throw new KeepingException($"The tenant {taken} has that address already. Choose another host or prefix.");

        // The same id where it is free: what the tenant sealed is bound to it.
        foreach (var id in new[] { was.Id, Guid.CreateVersion7() })
            if (await tenants.AddAsync(new(id, name, Tenant.NewKey(name, Guid.NewGuid()), was.Title, TenantState.Initializing, null, hosts, prefix, was.Features, was.Theme, was.Zone, was.Culture, 0, 0), ct) is { } added)
                return (added, was);

        throw new KeepingException($"There is a tenant {name} already. Choose another name, or restore it.");
    }
}

/// <summary>What shall be other than in the archive. Hosts or a prefix given replace both.</summary>
internal sealed record ImportAs(string? Name = null, string[]? Hosts = null, string? Prefix = null);

/// <param name="WithSecrets">False: what the tenant had sealed has to be entered again.</param>
internal sealed record Imported(Tenant Tenant, string Hash, long Rows, bool WithSecrets);
