using ELearning.Blobs;
using ELearning.Keeping;
using Microsoft.Extensions.Logging;

namespace ELearning.Shells;

/// <summary>
/// Takes a tenant away: closed at once, exported before anything is deleted, and there to be had back for thirty days.
/// </summary>
internal sealed class DeleteTenant(
    ChangeTenant change, Tenants tenants, CreateTenant create, ExportTenant export, BlobFolder blobs, KernelOptions options, TimeProvider clock, ILogger<DeleteTenant> log)
{
    public static readonly TimeSpan Grace = TimeSpan.FromDays(30);

    /// <param name="typed">Its name, typed by whoever wants it gone.</param>
    public async Task<Refusal?> RunAsync(string name, string typed, Actor by, CancellationToken ct)
    {
        if (!typed.Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return new("Type {0} to say that this is the one.", name);

        var at = clock.GetUtcNow();
        return await change.RunAsync(name, by, new("tenant-deleted", new { until = at + Grace })
        {
            Check = tenant => ChangeTenant.OnlyFrom(tenant, TenantState.Running, TenantState.Suspended, TenantState.Failed),
            Change = tenant => tenant with { State = TenantState.Archived, Reason = null },
            Alongside = db => db.ExecuteAsync($"UPDATE tenants SET archived_at = {at}, export = NULL WHERE name_key = {name.ToLowerInvariant()}", ct),
        }, ct);
    }

    /// <summary>Within the thirty days: it runs again as it was.</summary>
    public Task<Refusal?> UndoAsync(string name, Actor by, CancellationToken ct) => change.RunAsync(name, by, new("tenant-restored", new { })
    {
        Check = tenant => ChangeTenant.OnlyFrom(tenant, TenantState.Archived),
        Change = tenant => tenant with { State = TenantState.Running },
        Alongside = db => db.ExecuteAsync($"UPDATE tenants SET archived_at = NULL WHERE name_key = {name.ToLowerInvariant()}", ct),
    }, ct);

    public Task<ArchivedSince?> FindAsync(string name, CancellationToken ct) => tenants.OpenPlatform().FirstAsync<ArchivedSince>(
        $"SELECT name, archived_at, export FROM tenants WHERE name_key = {name.ToLowerInvariant()} AND archived_at IS NOT NULL", ct);

    /// <summary>Exports what was closed and has no export yet, then takes away for good what was closed thirty days ago. Harmless when it runs again.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        foreach (var archived in await ArchivedAsync(ct))
        {
            if (await tenants.FindAsync(archived.Name, ct) is not { State: TenantState.Archived } tenant) continue;
            if (archived.Export is null) await ExportAsync(tenant, ct);
            else if (archived.ArchivedAt + Grace <= clock.GetUtcNow())
            {
                await create.UndoAsync(tenant);
                blobs.DeleteAll(tenant.Key);
                log.LogInformation("Tenant {Tenant} is gone; its export is {Export}", tenant.Name, archived.Export);
            }
        }
    }

    private Task<List<ArchivedSince>> ArchivedAsync(CancellationToken ct) => tenants.OpenPlatform().ListAsync<ArchivedSince>(
        $"SELECT name, archived_at, export FROM tenants WHERE archived_at IS NOT NULL ORDER BY archived_at, name LIMIT 1000", ct);

    private async Task ExportAsync(Tenant tenant, CancellationToken ct)
    {
        var folder = Path.Combine(options.DataFolder, "exports");
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Two hosts may do this at once: each has a file of its own, and the first one that is done is kept.
        var path = Path.Combine(folder, $"{tenant.Key}-{clock.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..6]}.zip");
        var asOwner = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) asOwner.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            await using var file = new FileStream(path, asOwner);
            await export.RunAsync(tenant, file, ArchiveKind.Backup, passphrase: null, only: null, ct);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        if (await tenants.OpenPlatform().ExecuteAsync($"UPDATE tenants SET export = {path} WHERE id = {tenant.Id} AND archived_at IS NOT NULL AND export IS NULL", ct) == 0)
        {
            File.Delete(path);
            return;
        }
        log.LogInformation("Tenant {Tenant} exported to {Export} before it is deleted", tenant.Name, path);
    }
}

/// <param name="Export">The file; null while it is still being written.</param>
internal sealed record ArchivedSince(string Name, DateTimeOffset ArchivedAt, string? Export);
