using ELearning.Blobs;
using ELearning.Data;
using ELearning.Keeping;
using ELearning.Recipes;
using ELearning.Security;
using ELearning.Settings;
using ELearning.Shells;
using ELearning.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ELearning;

/// <summary>Puts a host together from options and a list of features. Everything a request passes is on this page, in order.</summary>
public static class KernelHost
{
    /// <summary>Checks the features, opens the platform's database and brings it up to date; the result only has to be run.</summary>
    /// <param name="configure">The last word on the host's services: the tests' clock, for one.</param>
    public static async Task<WebApplication> BuildAsync(KernelOptions options, IReadOnlyList<IFeature> modules, Action<WebApplicationBuilder>? configure = null)
    {
        var catalog = new FeatureCatalog([.. KernelFeatures.All, .. modules]);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(options.Listen).UseStaticWebAssets();
        builder.AddOperations(options);
        AddKernel(builder.Services, options, catalog);
        configure?.Invoke(builder);
        builder.Services.DispatchToTenants();
        builder.Services.AddSingleton(new InheritedServices(builder.Services));

        var app = builder.Build();
        Use(app, options, catalog);
        await StartAsync(app.Services, options);
        return app;
    }

    private static void AddKernel(IServiceCollection host, KernelOptions options, FeatureCatalog catalog)
    {
        host.AddSingleton(options).AddSingleton(catalog);
        host.TryAddSingleton(TimeProvider.System);
        host.AddHttpContextAccessor();
        host.AddSingleton(_ => InstallationKey.Load(options.DataFolder, Environment.GetEnvironmentVariable(InstallationKey.Variable)));
        host.AddSingleton<TenantKeys>().AddSingleton<RotateInstallationKey>();
        host.AddSingleton<PasswordHashes>();
        // One pass over the bytes; the default, CBC with an HMAC, makes two.
        host.AddDataProtection().UseCryptographicAlgorithms(new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM });
        host.AddSingleton<PlatformKeyRing>().AddSingleton<IConfigureOptions<KeyManagementOptions>>(services => services.GetRequiredService<PlatformKeyRing>());
        host.AddSingleton(_ => new BlobFolder(Path.Combine(options.DataFolder, "blobs")));
        host.AddSingleton<Images>();
        host.AddSingleton<Engine>(_ => options.Postgres is { } connection
            ? new PostgresEngine(connection, new NpgsqlConnectionStringBuilder(connection).Database ?? "elearning", options.DataFolder)
            : new SqliteEngine(options.DataFolder));
        host.AddSingleton<IBus>(services => services.GetRequiredService<Engine>() is PostgresEngine postgres
            ? new PostgresBus(postgres, services.GetRequiredService<ILogger<PostgresBus>>())
            : new LocalBus(services.GetRequiredService<Engine>(), services.GetRequiredService<ILogger<LocalBus>>()));
        host.AddSingleton<PlatformDb>().AddSingleton<Migrator>();
        host.AddSingleton<Tenants>().AddSingleton<TenantTable>().AddSingleton<ShellFactory>().AddSingleton<TenantFigures>().AddSingleton<Release>().AddSingleton<ShellHost>();
        host.AddSingleton<FeatureProfiles>().AddSingleton<SwitchFeatures>().AddSingleton<TenantRules>().AddSingleton<CreateTenant>().AddSingleton<ChangeTenant>().AddSingleton<DeleteTenant>();
        host.AddSingleton<Nudges>().AddSingleton<Wakeups>();
        host.AddSettings();
        host.AddRecipes();
        host.AddHostedService<ShellSweep>();
        host.AddHostedService<SweepCopies>();
        host.AddHostedService<ReloadKeyRing>();
        host.AddHostedService<Pump>();
        host.AddSingleton<UnsealedActs>().AddHostedService<Sealer>();
        host.AddKeeping();
        host.AddKernelWeb(catalog);
    }

    private static void Use(WebApplication app, KernelOptions options, FeatureCatalog catalog)
    {
        // The framework would put its own in front, before a tenant is known.
        ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;

        app.UseErrors();
        if (options.Proxies.Count > 0) app.UseForwardedHeaders(Forwarded(options));
        app.UseSecurityHeaders();
        app.UseWebAssets();
        app.UseStaticFiles();
        app.UseHealth();
        app.UseMetrics();
        app.UseMiddleware<TenantMiddleware>();
        app.UseErrors();
        app.UseRouteFigures();
        app.UseRouting();
        app.UseRateLimits();
        app.UseCrossSiteCheck();
        app.UseSessions();
        app.UseAccess();
        app.UseAntiforgery();
        app.MapFeatures(catalog);
    }

    private static ForwardedHeadersOptions Forwarded(KernelOptions options)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost };
        // The framework believes loopback unless told otherwise; only those that were named are believed here.
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (var proxy in options.Proxies) forwarded.KnownProxies.Add(proxy);
        return forwarded;
    }

    private static async Task StartAsync(IServiceProvider services, KernelOptions options)
    {
        var ct = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        Directory.CreateDirectory(options.DataFolder);
        var engine = services.GetRequiredService<Engine>();
        await engine.StartAsync(ct);
        await services.GetRequiredService<Migrator>().MigratePlatformAsync(ct);
        // Several hosts may start on an empty database: the first one makes what all will have, and the others find it.
        await using (await engine.LockAsync("start", ct)) await MakeFirstsAsync(services, ct);

        var shells = services.GetRequiredService<ShellHost>();
        services.GetRequiredService<IBus>().Subscribe(Topic.Tenant, (_, _, stopping) => shells.RefreshAsync(stopping), shells.RefreshAsync);
        services.GetRequiredService<ILogger<ShellHost>>().LogInformation(
            "{Engine} in {DataFolder}, {Tenants} tenants", engine.Name, options.DataFolder, shells.Table.Slots.Count);
    }

    private static async Task MakeFirstsAsync(IServiceProvider services, CancellationToken ct)
    {
        await services.GetRequiredService<RotateInstallationKey>().FinishAsync(ct);
        await services.GetRequiredService<PlatformKeyRing>().LoadAsync(ct);
        // Makes the first key. Two hosts with a first key each would refuse each other's cookies.
        services.GetRequiredKeyedService<IDataProtectionProvider>(TenantFramework.Ring).CreateProtector("start").Protect([]);

        var shells = services.GetRequiredService<ShellHost>();
        var create = services.GetRequiredService<CreateTenant>();
        await shells.RefreshAsync(ct);
        // Nobody else makes it now: what is there half was left by a host that died.
        if (shells.Table.Find(Tenant.Default) is { Tenant: { State: TenantState.Initializing } half }) await create.UndoAsync(half);
        if (shells.Table.Find(Tenant.Default) is null && (await create.RunAsync(new(Tenant.Default, "Platform"), ct)).Refusal is { } why)
            throw new InvalidOperationException(why);
        await create.SweepAbandonedAsync(ct);
        await shells.RetryFailedAsync(ct);
        if (await services.GetRequiredService<FirstTenants>().MakeAsync(ct) is { } refusal) throw new InvalidOperationException(refusal);
    }
}
