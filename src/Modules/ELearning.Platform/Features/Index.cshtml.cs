using ELearning.Shells;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace ELearning.Platform.Features;

/// <summary>What this host can do, what is built on what, and where it is on; and what tenants may switch themselves.</summary>
[Requires(PlatformFeature.Permissions.Features)]
internal sealed class Index(FeatureCatalog catalog, FeatureCards cards, FeatureProfiles profiles, ShellHost shells) : PageModel
{
    public sealed record Line(string Id, string Name, string Description, string Module, string Category, IReadOnlyList<string> Needs, IReadOnlyList<string> NeededBy, int Tenants, bool AlwaysOn);

    public IReadOnlyList<IGrouping<string, Line>> Lines { get; private set; } = [];

    public IReadOnlyList<FeatureProfile> Profiles { get; private set; } = [];

    public Dictionary<Guid, long> Uses { get; private set; } = [];

    public string Names(FeatureProfile profile) => string.Join(", ", profile.Features.Select(cards.Name));

    public async Task OnGetAsync(CancellationToken ct)
    {
        // Every host has all tenants' rows in memory: what is chosen where costs no statement and wakes nobody.
        var on = shells.Table.Slots.Where(slot => slot.Tenant.State != TenantState.Archived)
            .SelectMany(slot => catalog.Closure(slot.Tenant.Features, slot.Tenant.IsPlatform)).CountBy(feature => feature.Id).ToDictionary();
        Lines = [.. catalog.All.Select(feature => new Line(
                feature.Id, cards.Text(feature, feature.Info.Name), cards.Text(feature, feature.Info.Description), feature.Source.GetType().Assembly.GetName().Name!,
                cards.Text(feature, feature.Info.Category), [.. feature.Info.DependsOn.Concat(feature.Info.OnWhenAll).Select(cards.Name)],
                [.. catalog.All.Where(other => other.Info.DependsOn.Contains(feature.Id)).Select(other => cards.Name(other.Id))],
                on.GetValueOrDefault(feature.Id), feature.Info.AlwaysOn))
            .GroupBy(line => line.Module).OrderBy(module => module.Key, StringComparer.Ordinal)];
        Profiles = await profiles.ListAsync(ct);
        Uses = await profiles.UsesAsync(ct);
    }
}
