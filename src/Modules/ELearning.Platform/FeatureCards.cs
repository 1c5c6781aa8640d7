using ELearning.Shells;

namespace ELearning.Platform;

/// <summary>A feature as somebody decides on it: what it adds, what it needs, and what needs it.</summary>
/// <param name="NeededBy">Of the features that are on.</param>
/// <param name="IsIntegration">Comes and goes with its partners.</param>
/// <param name="IsLocked">Not for whoever is looking.</param>
internal sealed record FeatureCard(
    string Id, string Name, string Description, string Category, bool IsOn, bool IsIntegration, bool IsLocked,
    IReadOnlyList<string> Needs, IReadOnlyList<string> NeededBy, int Menu, int Permissions, int Tables);

/// <summary>What a switch would do, in numbers and names, before it is done.</summary>
/// <param name="Others">Features that come or go along.</param>
internal sealed record FeatureEffect(
    FeatureCard Card, bool TurnsOn, IReadOnlyList<(string Name, bool IsNeeded)> Others, int Menu, int Permissions, int Tables, int Jobs, Refusal? Refusal)
{
    public int Features => Others.Count + 1;
}

/// <summary>The features of one tenant, in the words of their modules.</summary>
internal sealed class FeatureCards(FeatureCatalog catalog, SwitchFeatures features, FeatureProfiles profiles, FeaturesInForce texts)
{
    public string Name(string id) => catalog.Find(id) is { } feature ? Text(feature, feature.Info.Name) : id;

    public string Text(Feature feature, string text) => texts.Text(feature.Id, text);

    /// <summary>Those that can be switched, by category. What everything is built on is left out.</summary>
    /// <param name="ownAdmin">Whoever looks is of the tenant itself: the rest is shown locked.</param>
    public async Task<IReadOnlyList<IGrouping<string, FeatureCard>>> ListAsync(Tenant tenant, bool ownAdmin, CancellationToken ct)
    {
        var allowed = ownAdmin ? (await profiles.OfAsync(tenant.Id, ct))?.Features ?? [] : null;
        return [.. catalog.All.Where(feature => !feature.Info.AlwaysOn && (tenant.IsPlatform || !feature.Info.PlatformOnly))
            .Select(feature => Card(tenant, feature, allowed)).OrderBy(card => card.Name, StringComparer.CurrentCulture).GroupBy(card => card.Category).OrderBy(group => group.Key, StringComparer.CurrentCulture)];
    }

    /// <returns>Null when there is no such feature to switch.</returns>
    public async Task<FeatureEffect?> EffectAsync(Tenant tenant, string id, bool ownAdmin, CancellationToken ct)
    {
        if (catalog.Find(id) is not { Info.AlwaysOn: false } feature || feature.Info.PlatformOnly && !tenant.IsPlatform) return null;

        var allowed = ownAdmin ? (await profiles.OfAsync(tenant.Id, ct))?.Features ?? [] : null;
        var card = Card(tenant, feature, allowed);
        var before = catalog.Closure(tenant.Features, tenant.IsPlatform).ToList();
        Refusal? refusal = null;
        List<Feature> after;
        if (card.IsOn)
        {
            var plan = features.PlanDisabling(tenant, id);
            after = [.. catalog.Closure(tenant.Features.Except([.. plan.Off, .. plan.Dependents]), tenant.IsPlatform)];
        }
        else
        {
            refusal = features.PlanEnabling(tenant, id).Refusal;
            after = [.. catalog.Closure([.. tenant.Features, id], tenant.IsPlatform)];
        }
        var changed = card.IsOn ? before.Except(after).ToList() : after.Except(before).ToList();
        if (ownAdmin) refusal ??= await features.BeyondAsync(tenant, changed.Select(f => f.Id), ct);
        var needed = Needs(feature).ToHashSet();
        return new(card, !card.IsOn, [.. changed.Where(f => f.Id != id).Select(f => (Text(f, f.Info.Name), needed.Contains(f.Id)))],
            changed.Sum(f => f.Declared.Navigation.Count), changed.Sum(f => f.Declared.Permissions.Count), changed.Sum(f => f.Declared.Tables.Count),
            changed.Sum(f => f.Declared.Jobs.Count), refusal);
    }

    private FeatureCard Card(Tenant tenant, Feature feature, string[]? allowed)
    {
        var on = catalog.Closure(tenant.Features, tenant.IsPlatform).Select(f => f.Id).ToHashSet();
        return new(feature.Id, Text(feature, feature.Info.Name), Text(feature, feature.Info.Description), Text(feature, feature.Info.Category),
            on.Contains(feature.Id), feature.Info.OnWhenAll.Length > 0, allowed?.Contains(feature.Id) == false,
            [.. feature.Info.DependsOn.Concat(feature.Info.OnWhenAll).Select(Name)], [.. catalog.DependentsOf(feature.Id, on).Select(Name)],
            feature.Declared.Navigation.Count, feature.Declared.Permissions.Count, feature.Declared.Tables.Count);
    }

    private IEnumerable<string> Needs(Feature feature) =>
        feature.Info.DependsOn.SelectMany(id => Needs(catalog.Find(id)!).Append(id));
}
