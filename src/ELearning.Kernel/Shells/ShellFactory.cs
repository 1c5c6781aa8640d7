using ELearning.Data;
using ELearning.Security;
using ELearning.Settings;
using ELearning.Themes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Shells;

/// <summary>Builds the shell of a tenant: brings its tables up to date, then puts its container together.</summary>
internal sealed class ShellFactory(
    FeatureCatalog catalog, Engine engine, Migrator migrator, SettingStore settings, InheritedServices inherited, IServiceProvider root)
{
    private static readonly ServiceProviderOptions Options = new() { ValidateScopes = false };

    /// <summary>What every tenant's container has besides the host's services and the features' own.</summary>
    public static readonly Type[] AlwaysThere = [typeof(Tenant), typeof(Store), typeof(Db), typeof(Secrets), typeof(Site)];

    public async Task<Shell> BuildAsync(Tenant tenant, CancellationToken ct)
    {
        var features = catalog.Closure(tenant.Features, tenant.IsPlatform);
        await migrator.MigrateAsync(tenant.Key, catalog.Schemas, features.Select(f => f.Id).ToHashSet(), ct);
        var store = engine.Open(tenant.Key);
        await Roles.GrantNewAsync(new Db(store), features.SelectMany(f => f.Declared.Permissions), ct);

        var services = new ServiceCollection();
        foreach (var descriptor in inherited.From(root)) ((ICollection<ServiceDescriptor>)services).Add(descriptor);
        services.AddSingleton(tenant);
        services.AddSingleton(store);
        services.AddScoped(provider => new Db(provider.GetRequiredService<Store>(), provider.GetService<StatementMeter>()));
        services.AddSingleton(provider => new Secrets(provider.GetRequiredService<TenantKeys>(), TenantKeys.NameOf(tenant)));
        services.AddScoped(SiteOf);
        services.AddTenantFramework(tenant);
        foreach (var (type, value) in await settings.LoadAsync(tenant, ct)) services.AddSingleton(type, value);
        foreach (var feature in features) feature.Source.AddServices(services);
        Meters.ShellBuilt();
        return new Shell(tenant, features, services.BuildServiceProvider(Options));
    }

    private static Site SiteOf(IServiceProvider services)
    {
        var http = services.GetRequiredService<IHttpContextAccessor>().HttpContext!;
        var preview = http.Features.Get<Look>();
        var sheet = preview is null ? services.GetRequiredService<LookSheet>() : LookSheet.Of(preview);
        return new(Shell.Current, services.GetRequiredService<KernelOptions>(), preview ?? services.GetRequiredService<Look>(), sheet, http.Request.PathBase);
    }
}
