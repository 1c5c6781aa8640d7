using Microsoft.Extensions.Logging;

namespace ELearning.Shells;

/// <summary>Turns features on and off for a tenant while it runs. What a plan says is what happens.</summary>
internal sealed class SwitchFeatures(FeatureCatalog catalog, ShellHost shells, Tenants tenants, FeatureProfiles profiles, ILogger<SwitchFeatures> log)
{
    /// <summary>What turning these on would do, before it is done.</summary>
    public EnablePlan PlanEnabling(Tenant tenant, params string[] ids)
    {
        var unknown = ids.Where(id => catalog.Find(id) is null).ToList();
        var notHere = ids.Where(id => catalog.Find(id) is { Info.PlatformOnly: true } && !tenant.IsPlatform).ToList();
        var before = catalog.Closure(tenant.Features, tenant.IsPlatform).Select(f => f.Id).ToHashSet();
        var after = catalog.Closure([.. tenant.Features, .. ids], tenant.IsPlatform);
        var conflicts = after.SelectMany(f => f.Info.ConflictsWith.Where(other => after.Any(a => a.Id == other)).Select(other => new Conflict(f.Id, other))).ToList();
        var on = after.Where(f => !before.Contains(f.Id)).ToList();
        return new([.. on.Select(f => new Change(f.Id, f.Info.Name, ids.Contains(f.Id) ? null : WhyAlongside(f, on)))], conflicts, unknown, notHere);
    }

    /// <summary>What turning these off would do: which others cannot be without them.</summary>
    public DisablePlan PlanDisabling(Tenant tenant, params string[] ids)
    {
        var on = catalog.Closure(tenant.Features, tenant.IsPlatform);
        var dependents = ids.SelectMany(id => catalog.DependentsOf(id, on.Select(f => f.Id))).Except(ids).Distinct().ToList();
        var always = ids.Where(id => catalog.Find(id)?.Info.AlwaysOn == true).ToList();
        return new([.. ids.Where(id => on.Any(f => f.Id == id))], dependents, always, [.. ids.Where(id => catalog.Find(id) is null)]);
    }

    /// <param name="ownAdmin">Asked for by somebody of the tenant itself, who may switch what its profile names and nothing else.</param>
    /// <returns>Null when it is done; otherwise why not, with everything as it was.</returns>
    public async Task<FeaturesRefused?> EnableAsync(string tenantName, string[] ids, CancellationToken ct, bool ownAdmin = false)
    {
        while (true)
        {
            if (await tenants.FindAsync(tenantName, ct) is not { } tenant) return Refused("There is no tenant {0}.", tenantName);
            var plan = PlanEnabling(tenant, ids);
            if (plan.Refusal is { } refusal) return new(refusal);
            if (plan.On.Count == 0) return null;
            if (ownAdmin && await BeyondAsync(tenant, plan.On.Select(change => change.Id), ct) is { } beyond) return new(beyond);

            try
            {
                var added = plan.On.Where(change => catalog.Find(change.Id)!.Info.OnWhenAll.Length == 0).Select(change => change.Id);
                if (await ChangeAsync(tenant, [.. tenant.Features, .. added], ct) is null) continue;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.LogError(error, "Features {Features} could not be enabled for {Tenant}", string.Join(", ", ids), tenantName);
                return Refused("{0} could not be turned on, and all is as it was: {1}", string.Join(", ", ids), error.Message);
            }

            log.LogInformation("Features {Features} enabled for {Tenant}", string.Join(", ", plan.On.Select(change => change.Id)), tenantName);
            return null;
        }
    }

    /// <param name="dependents">Also turn off what cannot be without them.</param>
    /// <returns>Null when it is done; otherwise why not.</returns>
    public async Task<FeaturesRefused?> DisableAsync(string tenantName, string[] ids, bool dependents, CancellationToken ct, bool ownAdmin = false)
    {
        while (true)
        {
            if (await tenants.FindAsync(tenantName, ct) is not { } tenant) return Refused("There is no tenant {0}.", tenantName);
            var plan = PlanDisabling(tenant, ids);
            if (plan.AlwaysOn.Count > 0) return Refused("{0} cannot be turned off: the rest is built on it.", string.Join(", ", plan.AlwaysOn));
            if (plan.Unknown.Count > 0) return Refused("There is no feature {0} on this host.", string.Join(", ", plan.Unknown));
            if (plan.Dependents.Count > 0 && !dependents)
                return Refused("{0} cannot be without {1}. Turn these off too, or leave it on.", string.Join(", ", plan.Dependents), string.Join(", ", ids));
            if (plan.Off.Count == 0) return null;

            string[] off = [.. plan.Off, .. plan.Dependents];
            if (ownAdmin && await BeyondAsync(tenant, off, ct) is { } beyond) return new(beyond);
            if (await ChangeAsync(tenant, [.. tenant.Features.Except(off)], ct) is null) continue;

            log.LogInformation("Features {Features} disabled for {Tenant}", string.Join(", ", off), tenantName);
            return null;
        }
    }

    /// <summary>What of these the tenant's profile does not leave to its own administrators.</summary>
    public async Task<Refusal?> BeyondAsync(Tenant tenant, IEnumerable<string> ids, CancellationToken ct)
    {
        var profile = await profiles.OfAsync(tenant.Id, ct);
        // An integration comes and goes with its partners: nobody switches it.
        var beyond = ids.Where(id => catalog.Find(id) is { Info.OnWhenAll.Length: 0 }).Except(profile?.Features ?? []).ToList();
        return beyond.Count == 0 ? null : new("{0} is not among what this site may switch itself. Ask whoever runs the platform.", string.Join(", ", beyond));
    }

    private static FeaturesRefused Refused(string text, params object[] values) => new(new Refusal(text, values));

    private async Task<Tenant?> ChangeAsync(Tenant tenant, string[] features, CancellationToken ct)
    {
        return await shells.ChangeAsync(tenant, read => read with { Features = [.. features.Distinct().Order(StringComparer.Ordinal)] }, ct: ct);
    }

    private static string WhyAlongside(Feature feature, List<Feature> on) =>
        on.FirstOrDefault(f => f.Info.DependsOn.Contains(feature.Id)) is { } needing ? $"needed by {needing.Info.Name}"
            : $"joins {string.Join(" and ", feature.Info.OnWhenAll)}";
}

/// <summary>Why a feature could not be turned on or off, in words for whoever asked.</summary>
internal sealed record FeaturesRefused(Refusal Why)
{
    public string Reason => Why.ToString();
}

/// <summary>One feature that would go on, and why when nobody asked for it by name.</summary>
internal sealed record Change(string Id, string Name, string? Because);

internal sealed record Conflict(string One, string Other);

internal sealed record EnablePlan(List<Change> On, List<Conflict> Conflicts, List<string> Unknown, List<string> PlatformOnly)
{
    public Refusal? Refusal =>
        Unknown.Count > 0 ? new("There is no feature {0} on this host.", string.Join(", ", Unknown))
        : PlatformOnly.Count > 0 ? new("{0} belongs to the platform's own tenant only.", string.Join(", ", PlatformOnly))
        : Conflicts.Count > 0 ? new("{0} cannot be on together with {1}: turn one of them off.", Conflicts[0].One, Conflicts[0].Other)
        : null;
}

internal sealed record DisablePlan(List<string> Off, List<string> Dependents, List<string> AlwaysOn, List<string> Unknown);
