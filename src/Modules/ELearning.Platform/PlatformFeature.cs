using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Platform;

/// <summary>The desk of the site admin: tenants, their features, recipes, jobs and health. Only on the platform's own site.</summary>
public sealed class PlatformFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Platform", "Platform", "Platform", "Makes and keeps the sites of this installation.")
    {
        DependsOn = ["Accounts"],
        PlatformOnly = true,
    };

    public void Declare(FeatureBuilder f) => f
        .Permission(Permissions.Tenants, "Platform", "Make, suspend and remove tenants")
        .Nav("platform.tenants", 10, "Tenants", "/platform/tenants", Permissions.Tenants);

    public void AddServices(IServiceCollection services) => services
        .AddScoped<Addresses>()
        .AddScoped<TenantList>()
        .AddScoped<Words>();

    public static class Permissions
    {
        public const string Tenants = "platform.tenants";
    }
}
