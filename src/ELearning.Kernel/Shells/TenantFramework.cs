using ELearning.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Mvc.TagHelpers.Cache;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Mvc.ViewFeatures.Infrastructure;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ELearning.Shells;

/// <summary>
/// The framework's services that must be a tenant's own, and the host's stand-ins that hand each call to the tenant of
/// the request. MVC's singletons capture the stand-ins, so none of them can keep one tenant's service for all.
/// </summary>
internal static class TenantFramework
{
    /// <summary>Under this key the host has the ring itself, not the stand-in for a tenant's protector.</summary>
    public const string Ring = "ring";

    private const string Own = "tenant";

    /// <summary>Replaces in the host what every tenant must answer for itself. Called after everything else is registered.</summary>
    public static void DispatchToTenants(this IServiceCollection host)
    {
        host.Replace(ServiceDescriptor.Singleton<IAntiforgery, DispatchedAntiforgery>());
        host.Replace(ServiceDescriptor.Singleton<ITempDataProvider, DispatchedTempData>());
        host.Replace(ServiceDescriptor.Singleton<IStringLocalizerFactory, DispatchedLocalizers>());

        // Pages cached for one tenant would be shown to all; of its two tag helpers a tenant has the one in memory, below.
        host.RemoveAll<IDistributedCacheTagHelperService>();
        host.RemoveAll<IDistributedCacheTagHelperStorage>();
        host.RemoveAll<IDistributedCache>();

        // The key ring stays one for all; whoever asks for a protector gets one that works with the current tenant's.
        var ring = host.Last(d => d.ServiceType == typeof(IDataProtectionProvider));
        host.Remove(ring);
        host.AddKeyedSingleton(Ring, (services, _) => (IDataProtectionProvider)(ring.ImplementationFactory?.Invoke(services)
            ?? ring.ImplementationInstance ?? ActivatorUtilities.CreateInstance(services, ring.ImplementationType!)));
        host.AddSingleton<IDataProtectionProvider, DispatchedProtection>();
    }

    public static void AddTenantFramework(this IServiceCollection services, Tenant tenant)
    {
        services.AddSingleton<IMemoryCache>(_ => new MemoryCache(new MemoryCacheOptions { SizeLimit = 10_000 }));
        services.AddSingleton(provider => new CacheTagHelperMemoryCacheFactory(provider.GetRequiredService<IOptions<CacheTagHelperOptions>>()));
        services.AddKeyedSingleton(Own, (provider, _) => provider.GetRequiredKeyedService<IDataProtectionProvider>(Ring).CreateProtector("tenant", tenant.Id.ToString()));
        services.AddKeyedSingleton(Own, (provider, _) => OwnAntiforgery(provider, tenant));
        services.AddKeyedSingleton<ITempDataProvider>(Own, (provider, _) => new CookieTempDataProvider(
            provider.GetRequiredService<IDataProtectionProvider>(), provider.GetRequiredService<ILoggerFactory>(),
            Options.Create(new CookieTempDataProviderOptions { Cookie = new FramedCookie { Name = $".el-note-{tenant.Key}", HttpOnly = true, SameSite = SameSiteMode.Lax } }),
            provider.GetRequiredService<TempDataSerializer>()));
        services.AddKeyedSingleton<IStringLocalizerFactory>(Own, (provider, _) => new ResourceManagerStringLocalizerFactory(
            provider.GetRequiredService<IOptions<LocalizationOptions>>(), provider.GetRequiredService<ILoggerFactory>()));
    }

    // The framework's implementation is internal, so it comes out of a small container of its own, over the tenant's protector.
    private static IAntiforgery OwnAntiforgery(IServiceProvider tenantServices, Tenant tenant)
    {
        var services = new ServiceCollection();
        services.AddAntiforgery(options =>
        {
            options.Cookie = new FramedCookie { Name = $".el-form-{tenant.Key}", HttpOnly = true, IsEssential = true, SameSite = SameSiteMode.Strict };
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddSingleton(tenantServices.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton<IDataProtectionProvider>(tenantServices.GetRequiredKeyedService<IDataProtector>(Own));
        return services.BuildServiceProvider().GetRequiredService<IAntiforgery>();
    }

    private sealed class DispatchedAntiforgery : IAntiforgery
    {
        public AntiforgeryTokenSet GetAndStoreTokens(HttpContext http) => Of(http).GetAndStoreTokens(http);

        public AntiforgeryTokenSet GetTokens(HttpContext http) => Of(http).GetTokens(http);

        public Task<bool> IsRequestValidAsync(HttpContext http) => Of(http).IsRequestValidAsync(http);

        public Task ValidateRequestAsync(HttpContext http) => Of(http).ValidateRequestAsync(http);

        public void SetCookieTokenAndHeader(HttpContext http) => Of(http).SetCookieTokenAndHeader(http);

        private static IAntiforgery Of(HttpContext http) => http.RequestServices.GetRequiredKeyedService<IAntiforgery>(Own);
    }

    private sealed class DispatchedTempData : ITempDataProvider
    {
        public IDictionary<string, object?> LoadTempData(HttpContext context) => Of(context).LoadTempData(context)!;

        public void SaveTempData(HttpContext context, IDictionary<string, object?> values) => Of(context).SaveTempData(context, values!);

        private static ITempDataProvider Of(HttpContext http) => http.RequestServices.GetRequiredKeyedService<ITempDataProvider>(Own);
    }

    private sealed class DispatchedLocalizers : IStringLocalizerFactory
    {
        public IStringLocalizer Create(Type resourceSource) => new Dispatched(factory => factory.Create(resourceSource));

        public IStringLocalizer Create(string baseName, string location) => new Dispatched(factory => factory.Create(baseName, location));

        private sealed class Dispatched(Func<IStringLocalizerFactory, IStringLocalizer> create) : IStringLocalizer
        {
            public LocalizedString this[string name] => Mine[name];

            public LocalizedString this[string name, params object[] arguments] => Mine[name, arguments];

            private IStringLocalizer Mine => create(Shell.Current.Services.GetRequiredKeyedService<IStringLocalizerFactory>(Own));

            public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => Mine.GetAllStrings(includeParentCultures);
        }
    }

    /// <summary>A protector may be made at any time, by a singleton even; which tenant's keys it uses is asked when it is used.</summary>
    private sealed class DispatchedProtection : IDataProtectionProvider
    {
        public IDataProtector CreateProtector(string purpose) => new Dispatched([purpose]);

        private sealed class Dispatched(string[] purposes) : IDataProtector
        {
            private IDataProtector Mine => Shell.Current.Services.GetRequiredKeyedService<IDataProtector>(Own).CreateProtector(purposes);

            public IDataProtector CreateProtector(string purpose) => new Dispatched([.. purposes, purpose]);

            public byte[] Protect(byte[] plaintext) => Mine.Protect(plaintext);

            public byte[] Unprotect(byte[] protectedData) => Mine.Unprotect(protectedData);
        }
    }
}
