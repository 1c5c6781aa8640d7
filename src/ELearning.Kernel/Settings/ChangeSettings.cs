using System.Text.Json.Nodes;
using ELearning.Shells;

namespace ELearning.Settings;

/// <summary>Somebody of this site changes one of its records of settings, on a page of the module that declared it.</summary>
public sealed class ChangeSettings
{
    private readonly TenantSettings _settings;
    private readonly Tenants _tenants;
    private readonly Tenant _tenant;
    private readonly Actor _actor;
    private readonly Audit _audit;

    internal ChangeSettings(TenantSettings settings, Tenants tenants, Tenant tenant, Actor actor, Audit audit) =>
        (_settings, _tenants, _tenant, _actor, _audit) = (settings, tenants, tenant, actor, audit);

    /// <summary>Sets the named properties; the others stay as they are, secrets too. In force with the next request.</summary>
    /// <param name="values">By the names of the record's properties.</param>
    public async Task<SettingsOutcome> RunAsync(string record, JsonObject values, CancellationToken ct)
    {
        SettingsOutcome outcome = new SettingsStale();
        // Only what is named is set, so somebody else's change of other properties is no reason to refuse.
        for (var attempt = 1; outcome is SettingsStale && attempt <= 5; attempt++)
        {
            var read = await _tenants.FindAsync(_tenant.Name, ct) ?? throw new InvalidOperationException($"There is no tenant {_tenant.Name}.");
            outcome = await _settings.ChangeAsync(read.Name, read.Version, record, values, _actor.Name, ct);
        }
        // The platform's database holds the values, the tenant's the trail: the values first, since those decide.
        if (outcome is SettingsSaved) await _audit.WriteAsync("settings-changed", new("tenant", _tenant.Id), new { record, properties = values.Select(value => value.Key) }, ct);
        return outcome;
    }
}
