using System.Reflection;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Session;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;
using Xunit;

namespace ELearning;

/// <summary>
/// A singleton of the host serves all tenants. What one of them takes by its constructor it keeps for all: so each that
/// takes something of a tenant's is looked at, once, and listed here with the reason why that does no harm.
/// </summary>
public sealed class HostSingletonTests
{
    private static readonly Type[] TenantsOwn =
    [
        typeof(IDataProtectionProvider), typeof(IDataProtector), typeof(IAntiforgery), typeof(ITempDataProvider), typeof(ITempDataDictionaryFactory),
        typeof(IStringLocalizerFactory), typeof(IStringLocalizer), typeof(IStringLocalizer<>), typeof(IMemoryCache), typeof(IDistributedCache),
        typeof(IAuthenticationSchemeProvider), typeof(IAuthenticationHandlerProvider), typeof(IHttpContextAccessor), typeof(IServiceProvider), typeof(IServiceScopeFactory),
        typeof(IOptions<AntiforgeryOptions>), typeof(IOptions<CookieTempDataProviderOptions>), typeof(IOptions<AuthenticationOptions>), typeof(IOptions<MemoryCacheOptions>),
        typeof(Db), typeof(Store), typeof(Tenant), typeof(Shell),
    ];

    private const string Dispatched = "What it takes is a stand-in that asks the tenant of the request each time.";
    private const string Replaced = "Nobody asks it: IAntiforgery is a stand-in, and each tenant has antiforgery of its own.";
    private const string AtStart = "Asks the host for the host's own services, while routes, binders and pages are put together for all tenants.";

    private static readonly Dictionary<string, string> Reviewed = new()
    {
        ["ELearning.Shells.ShellFactory: IServiceProvider"] = "Reads from it the host's singletons that all tenants inherit.",
        ["ELearning.Web.WholePages: IHttpContextAccessor"] = "Asks for the request of the moment each time a page is written, and keeps nothing of it.",
        ["Microsoft.AspNetCore.Antiforgery.DefaultAntiforgeryTokenSerializer: IDataProtectionProvider"] = Replaced,
        ["Microsoft.AspNetCore.Antiforgery.DefaultAntiforgeryTokenStore: IOptions`1"] = Replaced,
        ["Microsoft.AspNetCore.Authentication.AuthenticationSchemeProvider: IOptions`1"] = "There are no schemes: sessions are rows, read by a middleware of ours.",
        ["Microsoft.AspNetCore.Components.Endpoints.ServerComponentSerializer: IDataProtectionProvider"] = Dispatched,
        ["Microsoft.AspNetCore.DataProtection.TypeForwardingActivator: IServiceProvider"] = "Makes the decryptor of the one key ring.",
        ["Microsoft.AspNetCore.Hosting.Builder.ApplicationBuilderFactory: IServiceProvider"] = AtStart,
        ["Microsoft.AspNetCore.Http.DefaultHttpContextFactory: IServiceProvider"] = "A request begins with the host's services, and gets its tenant's instead.",
        ["Microsoft.AspNetCore.Mvc.Localization.HtmlLocalizerFactory: IStringLocalizerFactory"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.ModelBinding.ModelBinderFactory: IServiceProvider"] = AtStart,
        ["Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure.PageActionInvokerProvider: ITempDataDictionaryFactory"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure.PageRequestDelegateFactory: ITempDataDictionaryFactory"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.Routing.ActionEndpointFactory: IServiceProvider"] = AtStart,
        ["Microsoft.AspNetCore.Mvc.TagHelpers.CacheTagHelperMemoryCacheFactory: IMemoryCache"] = "Each tenant has one of its own instead, and tag helpers are made from the tenant's services.",
        ["Microsoft.AspNetCore.Mvc.ViewFeatures.DefaultHtmlGenerator: IAntiforgery"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.ViewFeatures.Filters.AutoValidateAntiforgeryTokenAuthorizationFilter: IAntiforgery"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.ViewFeatures.Filters.SaveTempDataFilter: ITempDataDictionaryFactory"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.ViewFeatures.Filters.ValidateAntiforgeryTokenAuthorizationFilter: IAntiforgery"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.ViewFeatures.PartialViewResultExecutor: ITempDataDictionaryFactory"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.ViewFeatures.TempDataDictionaryFactory: ITempDataProvider"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.ViewFeatures.ViewComponentResultExecutor: ITempDataDictionaryFactory"] = Dispatched,
        ["Microsoft.AspNetCore.Mvc.ViewFeatures.ViewResultExecutor: ITempDataDictionaryFactory"] = Dispatched,
        ["Microsoft.AspNetCore.Routing.DefaultLinkGenerator: IServiceProvider"] = AtStart,
        ["Microsoft.AspNetCore.Routing.DefaultLinkParser: IServiceProvider"] = AtStart,
        ["Microsoft.AspNetCore.Routing.DefaultParameterPolicyFactory: IServiceProvider"] = AtStart,
        ["Microsoft.AspNetCore.Routing.Internal.DfaGraphWriter: IServiceProvider"] = AtStart,
        ["Microsoft.AspNetCore.Routing.Matching.DfaMatcherFactory: IServiceProvider"] = AtStart,
        ["Microsoft.AspNetCore.Routing.Matching.EndpointMetadataComparer: IServiceProvider"] = AtStart,
        ["Microsoft.Extensions.Caching.Memory.MemoryCache: IOptions`1"] = "Each tenant has a cache of its own instead.",
        ["Microsoft.Extensions.Hosting.Internal.Host: IServiceProvider"] = "The host itself.",
    };

    [Fact]
    public async Task Every_singleton_of_the_host_that_could_keep_something_of_one_tenant_was_reviewed()
    {
        var host = await TestHost.SharedAsync("Sqlite");
        var found = (
            from descriptor in Services(host)
            where descriptor.Lifetime == ServiceLifetime.Singleton
            let made = Implementation(host, descriptor)
            where made is not null
            let takes = made.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .SelectMany(constructor => constructor.GetParameters()).Select(parameter => Open(parameter.ParameterType)).Where(TenantsOwn.Contains)
                .Select(type => type.Name).Distinct().Order(StringComparer.Ordinal).ToArray()
            where takes.Length > 0
            select $"{Name(made)}: {string.Join(", ", takes)}").Distinct().Order(StringComparer.Ordinal).ToList();

        Assert.Empty(found.Except(Reviewed.Keys));
        Assert.Empty(Reviewed.Keys.Except(found));
    }

    [Fact]
    public async Task What_keeps_state_for_all_tenants_at_once_is_not_registered()
    {
        var host = await TestHost.SharedAsync("Sqlite");
        var features = new ServiceCollection();
        foreach (var feature in host.Services.GetRequiredService<FeatureCatalog>().All) feature.Source.AddServices(features);

        Assert.Empty(Unwanted(Services(host)));
        Assert.Empty(Unwanted(features));
        Assert.DoesNotContain(host.Services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors.Items, action => action is ControllerActionDescriptor);

        Assert.NotEmpty(Unwanted(new ServiceCollection().AddSignalR().Services));
        Assert.NotEmpty(Unwanted(new ServiceCollection().AddSession()));
        Assert.NotEmpty(Unwanted(new ServiceCollection().AddOutputCache()));
        Assert.NotEmpty(Unwanted(new ServiceCollection().AddDistributedMemoryCache()));
        Assert.NotEmpty(Unwanted(new ServiceCollection().AddControllers().Services));
    }

    // Controllers need API explorer or data annotations for actions; Razor Pages bring neither of these two.
    private static List<string> Unwanted(IServiceCollection services) =>
    [
        .. services.Select(d => d.ServiceType).Where(type => type == typeof(IDistributedCache) || type == typeof(ISessionStore) || type == typeof(IOutputCacheStore)
            || type == typeof(IApiDescriptionGroupCollectionProvider) || type.Namespace?.StartsWith("Microsoft.AspNetCore.SignalR", StringComparison.Ordinal) == true).Select(type => type.FullName!),
    ];

    private static IServiceCollection Services(TestHost host) => host.Services.GetRequiredService<InheritedServices>().Host;

    // A factory says only by its product what it makes.
    private static Type? Implementation(TestHost host, ServiceDescriptor d)
    {
        if (d.IsKeyedService) return d.KeyedImplementationType ?? d.KeyedImplementationInstance?.GetType() ?? host.Services.GetRequiredKeyedService(d.ServiceType, d.ServiceKey).GetType();
        return d.ImplementationType ?? d.ImplementationInstance?.GetType() ?? host.Services.GetServices(d.ServiceType).ElementAt(
            Services(host).Where(other => other.ServiceType == d.ServiceType && !other.IsKeyedService).ToList().IndexOf(d))!.GetType();
    }

    private static Type Open(Type type) => type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(IStringLocalizer<>) ? typeof(IStringLocalizer<>) : type;

    private static string Name(Type type) => (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!;
}
