using ELearning.Data;
using ELearning.Security;
using ELearning.Settings;
using ELearning.Shells;
using Microsoft.Extensions.Logging;

namespace ELearning.Keeping;

/// <summary>
/// Puts a tenant back to what an archive has. It is away while that lasts, the only act that asks for it; when it fails,
/// the tenant is as it was, since all happens beside it and its row is switched at the end.
/// </summary>
internal sealed class RestoreTenant(LoadArchive load, FeatureCatalog catalog, Tenants tenants, ShellHost shells, TenantKeys keys, SettingStore settings, Wakeups wakeups, TimeProvider clock, ILogger<RestoreTenant> log)
{
    public Task<Imported> RunAsync(string name, Stream source, string? passphrase, CancellationToken ct) =>
        LoadArchive.ReadAsync(source, passphrase, LoadArchive.Limit, archive => RunAsync(name, archive, ct), ct);

    private async Task<Imported> RunAsync(string name, ArchiveReader archive, CancellationToken ct)
    {
        if (archive.Manifest.Kind == ArchiveKind.Features) throw new KeepingException("The archive has the data of some features only: it cannot stand for the whole tenant.");
        var before = await tenants.FindAsync(name, ct) ?? throw new KeepingException($"There is no tenant {name}. Import the archive instead.");
        var was = await ImportTenant.DescribedAsync(archive, ct);
        if (was.Id != before.Id) throw new KeepingException($"The archive is of {was.Name}, another tenant than this {name}. Import it instead.");

        await shells.RefreshAsync(ct);
        var away = await ChangeAsync(before, read => read with { State = TenantState.Migrating, Reason = "A backup is being restored." }, null, ct);
        var key = Tenant.NewKey(name, Guid.NewGuid());
        Tenant restored;
        try
        {
            await load.RunAsync(archive, key, catalog.Closure(was.Features, away.IsPlatform).Select(f => f.Id).ToHashSet(), ct);
            if (was.Keys.Count > 0) await keys.ImportAsync(before, was.Keys, ct);
            restored = await ChangeAsync(away, read => read with
            {
                Key = key,
                State = before.State,
                Reason = before.Reason,
                Title = was.Title,
                Features = was.Features,
                Theme = was.Theme,
                Zone = was.Zone,
                Culture = was.Culture,
            }, db => ImportTenant.PutAsync(settings, db, before, was, withSecrets: true, ct), ct);
        }
        catch
        {
            await ChangeAsync(away, read => read with { State = before.State, Reason = before.Reason }, null, CancellationToken.None);
            await load.UndoAsync(key);
            throw;
        }

        await load.UndoAsync(before.Key);
        // Work may have come along that nothing else would tell of.
        await wakeups.MarkAsync(name, clock.GetUtcNow(), ct);
        log.LogInformation("Tenant {Tenant} restored", name);
        return new(restored, archive.Manifest.Hash, archive.Manifest.Tables.Sum(table => table.Rows), WithSecrets: true);
    }

    private async Task<Tenant> ChangeAsync(Tenant read, Func<Tenant, Tenant> change, Func<Db, Task>? alongside, CancellationToken ct) =>
        await shells.ChangeAsync(read, change, alongside, ct) ?? throw new KeepingException($"{read.Name} was changed by somebody else at the same time. Try again.");
}
