namespace ELearning.Platform;

/// <summary>A tenant's own administrators switch features, as far as the platform's profile leaves that to them.</summary>
public sealed class SiteFeaturesFeature : IFeature
{
    public const string Switch = "features.switch";

    public FeatureInfo Info { get; } = new("SiteFeatures", "Own features", "Platform", "Administrators switch the features of their site, as far as the platform lets them.")
    {
        OnWhenAll = ["Accounts"],
    };

    public void Declare(FeatureBuilder f) => f
        .Permission(Switch, "Site", "Turn features on and off")
        .Nav("manage.settings", 50, "Features", "/manage/settings/features", Switch);

    public void AddServices(Microsoft.Extensions.DependencyInjection.IServiceCollection services) => services.AddFeatureCards();
}
