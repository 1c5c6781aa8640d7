using ELearning.Blobs;
using ELearning.Data;
using ELearning.Keeping;
using ELearning.Recipes;
using ELearning.Security;
using ELearning.Settings;
using ELearning.Themes;

namespace ELearning;

/// <summary>What every tenant has, declared like any other feature: the kernel's own tables, permissions and jobs.</summary>
internal static class KernelFeatures
{
    public static readonly IFeature[] All =
    [
        new PeopleFeature(),
        new KeepingFeature(),
        new FactsFeature(),
        new JobsFeature(),
        new BlobsFeature(),
        new AuditFeature(),
        new SecurityFeature(),
        new SettingsFeature(),
        new BrandFeature(),
        new RecipesFeature(),
        new SearchFeature(),
    ];
}
