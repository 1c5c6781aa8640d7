using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Recipes;

/// <summary>The steps that belong to no module. A recipe that is written out has them first, in this order.</summary>
internal sealed class RecipesFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Recipes", "Recipes", "Kernel", "Sets a site up from a file, and writes one down.") { AlwaysOn = true };

    public void Declare(FeatureBuilder f) => f
        .RecipeStep<FeatureStep>("feature", FeatureStep.Takes)
        .RecipeStep<ThemesStep>("themes", ThemesStep.Takes)
        .RecipeStep<SettingsStep>("settings", SettingsStep.Takes)
        .RecipeStep<RolesStep>("Roles", RolesStep.Takes);
}

internal static class RecipeServices
{
    internal static void AddRecipes(this IServiceCollection host)
    {
        host.AddSingleton<RecipeFiles>();
        host.AddSingleton<RecipeReader>();
        host.AddSingleton<RecipeRuns>();
        host.AddSingleton<RecipeExecutor>().AddSingleton<SetUpTenant>().AddSingleton<FirstTenants>().AddSingleton<FirstAccounts>();
        host.AddSingleton<RecipeWriter>();
        host.AddHostedService<ResumeRecipes>();
    }
}
