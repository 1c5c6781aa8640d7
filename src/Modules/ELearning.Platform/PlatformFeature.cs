namespace ELearning.Platform;

/// <summary>The desk of the site admin: tenants, their features, recipes, jobs and health. Only on the platform's own site.</summary>
public sealed class PlatformFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Platform", "Platform", "Platform", "Makes and keeps the sites of this installation.")
    {
        DependsOn = ["Accounts"],
        PlatformOnly = true,
    };
}
