using ELearning.Shells;

namespace ELearning.Recipes;

/// <summary>Turns features on, with what they depend on, and off. The steps after it see the new site.</summary>
internal sealed class FeatureStep(FeatureCatalog catalog, Tenants tenants, SwitchFeatures features, Actor actor) : IRecipeStep, IRecipeWriter
{
    public const string Name = "feature";

    public static readonly Shape Takes = Shape.Record(
        new("enable", Shape.List(Shape.Feature)), new Shape.Property("disable", Shape.List(Shape.Feature)));

    // Whoever runs the platform does so by its name; a person is somebody of the tenant itself.
    private bool IsOwnAdmin => actor.IsSignedIn;

    public async Task<IReadOnlyList<PlannedChange>> PlanAsync(StepInput step, CancellationToken ct)
    {
        var tenant = (await tenants.FindAsync(step.Tenant, ct))!;
        var switches = step.Read<Switches>();
        var before = catalog.Closure(tenant.Features, tenant.IsPlatform).Select(f => f.Id).ToList();
        var after = catalog.Closure(switches.Of(tenant.Features), tenant.IsPlatform).Select(f => f.Id).ToList();
        foreach (var id in switches.Disable.Where(after.Contains))
            throw new RecipeException($"The feature {id} cannot be disabled: {Reason(id, after)}.");
        if (IsOwnAdmin && await features.BeyondAsync(tenant, after.Except(before).Concat(before.Except(after)), ct) is { } beyond) throw new RecipeException(beyond.ToString());

        return [.. switches.Enable.Concat(switches.Disable).Concat(after.Except(before)).Concat(before.Except(after)).Distinct()
            .Select(id => new PlannedChange($"Feature {id}", OnOff(before.Contains(id)), OnOff(after.Contains(id))))];
    }

    public async Task ApplyAsync(StepInput step, CancellationToken ct)
    {
        var switches = step.Read<Switches>();
        var refused = await features.EnableAsync(step.Tenant, switches.Enable, ct, IsOwnAdmin)
            ?? await features.DisableAsync(step.Tenant, switches.Disable, dependents: false, ct, IsOwnAdmin);
        if (refused is not null) throw new RecipeException(refused.Reason);
    }

    public async Task<IReadOnlyList<object>> WriteAsync(string tenant, CancellationToken ct)
    {
        var row = (await tenants.FindAsync(tenant, ct))!;
        var chosen = row.Features.Where(id => catalog.Find(id) is not null).Order(StringComparer.Ordinal).ToArray();
        return chosen.Length == 0 ? [] : [new { enable = chosen }];
    }

    private string Reason(string id, List<string> on) => catalog.DependentsOf(id, on) is { Count: > 0 } dependents
        ? $"{string.Join(", ", dependents)} need it. Disable these too"
        : "it is always on, or an integration of features that are on";

    private static string OnOff(bool on) => on ? "on" : "off";

    internal sealed record Switches
    {
        public string[] Enable { get; init; } = [];

        public string[] Disable { get; init; } = [];

        /// <summary>What is chosen afterwards.</summary>
        public IReadOnlyList<string> Of(IEnumerable<string> chosen) => [.. chosen.Union(Enable).Except(Disable)];
    }
}
