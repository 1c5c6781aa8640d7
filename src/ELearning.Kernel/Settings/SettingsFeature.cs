using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Settings;

/// <summary>The settings that belong to no module.</summary>
internal sealed class SettingsFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Settings", "Settings", "Kernel", "What administrators set, with who set it and when.") { AlwaysOn = true };

    public void Declare(FeatureBuilder f) => f
        .Setting<SiteSettings>("Site")
        .Act("settings-changed", "Settings changed");

    public void AddServices(IServiceCollection services) => services.AddScoped(scope => new ChangeSettings(
        scope.GetRequiredService<TenantSettings>(), scope.GetRequiredService<Tenants>(), scope.GetRequiredService<Tenant>(),
        scope.GetRequiredService<Actor>(), scope.GetRequiredService<Audit>()));
}

internal static class SettingServices
{
    internal static void AddSettings(this IServiceCollection host)
    {
        host.AddSingleton<SettingStore>();
        host.AddSingleton<TenantSettings>();
    }
}
