using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.Logging;

namespace ELearning.Keeping;

/// <summary>Gives up what a feature that is off has kept: its tables are exported to a file first, then dropped. On again, it begins empty.</summary>
internal sealed class RemoveFeatureData(Engine engine, Migrator migrator, ExportTenant export, FeatureCatalog catalog, Tenants tenants, ILogger<RemoveFeatureData> log)
{
    /// <returns>What was exported before, or why nothing was done.</returns>
    public async Task<FeatureDataRemoved> RunAsync(string tenantName, string id, Stream target, string? passphrase, CancellationToken ct)
    {
        if (await tenants.FindAsync(tenantName, ct) is not { } tenant) return new(null, $"There is no tenant {tenantName}.");
        if (catalog.Find(id) is not { } feature) return new(null, $"There is no feature {id} on this host.");
        if (catalog.Closure(tenant.Features, tenant.IsPlatform).Contains(feature)) return new(null, $"{id} is on. Turn it off first.");

        await using var owner = engine.OpenAsOwner(tenant.Key);
        var kept = await Migrator.VersionsAsync(owner, ct);
        if (!kept.ContainsKey(id)) return new(null, $"{tenantName} has no data of {id}.");
        if (catalog.DependentsOf(id, kept.Keys) is [var other, ..]) return new(null, $"{other} builds on {id} and has data as well. Remove that first.");

        var exported = await export.RunAsync(tenant, target, ArchiveKind.Features, passphrase, [id], ct);
        await target.FlushAsync(ct);
        if (target is FileStream file) file.Flush(flushToDisk: true);

        await migrator.DropAsync(tenant.Key, feature.Schema, [.. feature.Declared.Tables.Select(table => table.Name)], ct);
        log.LogInformation("Data of {Feature} removed from {Tenant}, {Rows} rows exported before", id, tenantName, exported.Rows);
        return new(exported, null);
    }
}

internal sealed record FeatureDataRemoved(Exported? Exported, string? Refusal);
