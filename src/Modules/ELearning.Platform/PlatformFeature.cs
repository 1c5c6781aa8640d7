using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

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
        .Permission(Permissions.Features, "Platform", "Switch the features of tenants")
        .Permission(Permissions.Recipes, "Platform", "Apply recipes to tenants, and write tenants out")
        .Permission(Permissions.Jobs, "Platform", "See and steer the work in the background of all tenants")
        .Permission(Permissions.Health, "Platform", "See how this installation is")
        .Nav("platform.tenants", 10, "Tenants", "/platform/tenants", Permissions.Tenants)
        .Nav("platform.features", 10, "Features", "/platform/features", Permissions.Features)
        .Nav("platform.recipes", 10, "Recipes", "/platform/recipes", Permissions.Recipes)
        .Nav("platform.jobs", 10, "Jobs", "/platform/jobs", Permissions.Jobs)
        .Nav("platform.health", 10, "Health", "/platform/health", Permissions.Health)
        .Job<SweepArchived>(SweepArchived.Name, Schedule.Daily(new(2, 40)));

    public void AddServices(IServiceCollection services) => services
        .AddFeatureCards()
        .AddScoped<Addresses>()
        .AddScoped<CheckNewTenant>()
        .AddScoped<MakeTenant>()
        .AddScoped<TenantList>();

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/platform/new-tenant/check", CheckNewTenant.HandleAsync).Requires(Permissions.Tenants);
        routes.MapGet("/platform/tenants/{name}/recipe", WriteOut.HandleAsync).Requires(Permissions.Recipes);
    }

    public static class Permissions
    {
        public const string Tenants = "platform.tenants";
        public const string Features = "platform.features";
        public const string Recipes = "platform.recipes";
        public const string Jobs = "platform.jobs";
        public const string Health = "platform.health";
    }
}

internal static class FeatureCardServices
{
    /// <summary>What the pages on features need, at the platform's desk and on a tenant's own: both may be on one site.</summary>
    public static IServiceCollection AddFeatureCards(this IServiceCollection services)
    {
        services.TryAddScoped<Words>();
        services.TryAddScoped<FeatureCards>();
        return services;
    }
}
