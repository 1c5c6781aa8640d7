using ELearning.Security;
using ELearning.Shells;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewComponents;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Localization;

namespace ELearning.Web;

/// <summary>One MVC core and one endpoint table for the process, over the union of all modules.</summary>
internal static class KernelWeb
{
    public static void AddKernelWeb(this IServiceCollection host, FeatureCatalog catalog)
    {
        var modules = new ModuleMap(catalog);
        host.AddSingleton(modules);
        host.AddScoped<Clockface>();
        host.AddScoped(services => new SearchBox(Shell.Current, services, services.GetRequiredService<Navigation>(), services.GetRequiredService<IStringLocalizer<KernelTexts>>()));
        host.AddScoped(services => new Navigation(
            Shell.Current, catalog, services.GetRequiredService<Permissions>(), services.GetRequiredService<Actor>(), services.GetRequiredService<Site>(),
            services.GetRequiredService<FeaturesInForce>(), services.GetRequiredService<IStringLocalizer<KernelTexts>>()));
        host.AddSingleton(_ => WebAssets.Load(Path.Combine(AppContext.BaseDirectory, "web")));
        host.AddLocalization();
        var mvc = host.AddRazorPages(pages => pages.RootDirectory = "/").AddViewLocalization()
            .AddDataAnnotationsLocalization(texts => texts.DataAnnotationLocalizerProvider = (type, factory) => factory.Create(modules.TextsOf(type)));
        mvc.AddViewOptions(views => views.HtmlHelperOptions.ClientValidationEnabled = false);
        mvc.ConfigureApplicationPartManager(parts =>
        {
            parts.ApplicationParts.Clear();
            foreach (var assembly in modules.Assemblies)
                foreach (var part in ApplicationPartFactory.GetApplicationPartFactory(assembly).GetApplicationParts(assembly))
                    parts.ApplicationParts.Add(part);
            host.Configure<RazorPagesOptions>(pages => pages.Conventions.Add(new ModulePages(modules, parts)));
        });
        host.Configure<Microsoft.AspNetCore.Mvc.Razor.RazorViewEngineOptions>(razor => razor.ViewLocationExpanders.Add(new ThemeViews(catalog)));

        host.AddSingleton<IHttpResponseStreamWriterFactory, WholePages>();
        host.AddSingleton<MatcherPolicy, FeatureGate>();
        Decorate<IEndpointAddressScheme<RouteValuesAddress>>(host, (_, inner) => new GatedAddresses<RouteValuesAddress>(inner));
        Decorate<IEndpointAddressScheme<string>>(host, (_, inner) => new GatedAddresses<string>(inner));
        Decorate<IViewComponentSelector>(host, (services, inner) => new GatedComponents(inner, services.GetRequiredService<ModuleMap>()));
    }

    /// <summary>Maps what all features bring, and refuses to start when two of them claim one route.</summary>
    public static void MapFeatures(this WebApplication app, FeatureCatalog catalog)
    {
        var union = new ServiceCollection { app.Services.GetRequiredService<InheritedServices>().Host };
        foreach (var feature in catalog.All) feature.Source.AddServices(union);
        foreach (var known in ShellFactory.AlwaysThere.Concat(catalog.Settings.Values.Select(setting => setting.Type))) union.AddSingleton(known, _ => throw new InvalidOperationException("Known by name only."));

        var routes = new UnionRoutes(app, union);
        app.MapRazorPages();
        foreach (var feature in catalog.All)
            feature.Source.MapEndpoints(routes.MapGroup("").WithMetadata(new FeatureMetadata(feature.Id)).AddEndpointFilter(new ValidateInput()));

        var endpoints = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).ToList();
        RouteCheck.Check(endpoints);
        AccessRules.Check(endpoints, catalog);
        catalog.FirstSegments = endpoints.OfType<RouteEndpoint>()
            .Select(endpoint => endpoint.RoutePattern.PathSegments is [{ } first, ..] ? first.Parts[0] : null).OfType<RoutePatternLiteralPart>()
            .Select(part => part.Content).ToHashSet(StringComparer.OrdinalIgnoreCase);
        catalog.AccessByPath = endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
            .GroupBy(endpoint => "/" + endpoint.RoutePattern.RawText?.TrimStart('/'))
            .ToDictionary(page => page.Key, page => page.First().Metadata.GetMetadata<AccessAttribute>()!); // each has one: checked above
    }

    private static void Decorate<T>(IServiceCollection host, Func<IServiceProvider, T, T> decorate) where T : class
    {
        var inner = host.Last(d => d.ServiceType == typeof(T));
        host.Replace(ServiceDescriptor.Singleton(services =>
            decorate(services, (T)(inner.ImplementationFactory?.Invoke(services) ?? ActivatorUtilities.CreateInstance(services, inner.ImplementationType!)))));
    }
}
