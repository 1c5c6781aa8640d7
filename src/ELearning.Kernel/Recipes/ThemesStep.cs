using ELearning.Settings;
using ELearning.Shells;

namespace ELearning.Recipes;

/// <summary>Chooses the theme of the site.</summary>
internal sealed class ThemesStep(FeatureCatalog catalog, Tenants tenants, TenantSettings settings) : IRecipeStep, IRecipeWriter
{
    public static readonly Shape Takes = Shape.Record(new Shape.Property("site", Shape.Theme, IsRequired: true));

    public async Task<IReadOnlyList<PlannedChange>> PlanAsync(StepInput step, CancellationToken ct)
    {
        var tenant = (await tenants.FindAsync(step.Tenant, ct))!;
        return [new("Theme", tenant.Theme, step.Read<Themes>().Site)];
    }

    public async Task ApplyAsync(StepInput step, CancellationToken ct)
    {
        var tenant = (await tenants.FindAsync(step.Tenant, ct))!;
        var theme = catalog.All.SelectMany(f => f.Declared.Themes).First(t => t.Id == step.Read<Themes>().Site);
        if (catalog.Closure(tenant.Features, tenant.IsPlatform).All(feature => feature.Id != theme.Feature))
            throw new RecipeException($"The theme {theme.Id} belongs to the feature {theme.Feature}, which is off. Enable it in a feature step before this one.");

        await settings.ApplyAsync(step.Tenant, SettingsStep.Nothing, row => row with { Theme = theme.Id }, step.By, ct);
    }

    public async Task<IReadOnlyList<object>> WriteAsync(string tenant, CancellationToken ct)
    {
        var row = (await tenants.FindAsync(tenant, ct))!;
        return catalog.All.SelectMany(f => f.Declared.Themes).Any(t => t.Id == row.Theme) ? [new { site = row.Theme }] : [];
    }

    private sealed record Themes(string Site);
}
