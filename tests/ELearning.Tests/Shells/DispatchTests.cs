using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.TagHelpers;
using Microsoft.AspNetCore.Mvc.ViewComponents;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Xunit;

namespace ELearning;

/// <summary>What the host has once and each tenant answers for itself.</summary>
public sealed class DispatchTests
{
    [Fact]
    public async Task Notes_for_the_next_page_are_read_by_the_tenant_that_wrote_them_only()
    {
        await using var mine = await TestSite.StartAsync("Sqlite");
        await using var other = await TestSite.StartAsync(mine.Host);
        var notes = mine.Host.Services.GetRequiredService<ITempDataProvider>();

        var cookie = await mine.RunAsync(services =>
        {
            var http = new DefaultHttpContext { RequestServices = services };
            notes.SaveTempData(http, new Dictionary<string, object> { ["saved"] = "yes" });
            return Task.FromResult(http.Response.Headers.SetCookie.ToString().Split(';')[0]);
        });

        Assert.Equal("yes", (await LoadAsync(mine, cookie))["saved"]);
        Assert.Empty(await LoadAsync(other, cookie));
        Assert.Empty(await LoadAsync(other, cookie.Replace(mine.Tenant.Key, other.Tenant.Key)));

        Task<IDictionary<string, object>> LoadAsync(TestSite site, string header) => site.RunAsync(services =>
            Task.FromResult(notes.LoadTempData(new DefaultHttpContext { RequestServices = services, Request = { Headers = { Cookie = header } } })));
    }

    [Fact]
    public async Task A_localizer_made_once_speaks_as_the_tenant_that_uses_it()
    {
        await using var host = await TestHost.StartAsync("Sqlite", [new Loud()]);
        await using var loud = await TestSite.StartAsync(host, "Loud");
        await using var quiet = await TestSite.StartAsync(host);
        var shared = host.Services.GetRequiredService<IStringLocalizerFactory>().Create(typeof(Loud));

        Assert.Equal("HELLO", await loud.RunAsync(_ => Task.FromResult(shared["hello"].Value)));
        Assert.Equal("hello", await quiet.RunAsync(_ => Task.FromResult(shared["hello"].Value)));
        Assert.Contains("outside a tenant's request", Assert.Throws<InvalidOperationException>(() => shared["hello"]).Message);
    }

    [Fact]
    public async Task A_view_component_is_there_only_where_its_feature_is()
    {
        await using var host = await TestHost.StartAsync("Sqlite", [new Loud()]);
        await using var loud = await TestSite.StartAsync(host, "Loud");
        await using var quiet = await TestSite.StartAsync(host);

        Assert.NotNull(await SelectAsync(loud));
        Assert.Null(await SelectAsync(quiet));
        Assert.Null(host.Services.GetRequiredService<IViewComponentSelector>().SelectComponent("Badge"));

        await quiet.EnableAsync("Loud");
        Assert.NotNull(await SelectAsync(quiet));

        static Task<ViewComponentDescriptor?> SelectAsync(TestSite site) =>
            site.RunAsync(services => Task.FromResult<ViewComponentDescriptor?>(services.GetRequiredService<IViewComponentSelector>().SelectComponent("Badge")));
    }

    [Fact]
    public async Task What_a_page_caches_stays_with_its_tenant()
    {
        await using var mine = await TestSite.StartAsync("Sqlite");
        await using var other = await TestSite.StartAsync(mine.Host);

        Assert.NotSame(await CacheAsync(mine), await CacheAsync(other));
        Assert.NotSame(mine.Host.Services.GetRequiredService<CacheTagHelperMemoryCacheFactory>().Cache, await CacheAsync(mine));

        static Task<object> CacheAsync(TestSite site) => site.RunAsync(services =>
            Task.FromResult<object>(services.GetRequiredService<CacheTagHelperMemoryCacheFactory>().Cache));
    }

    // The link generator keeps a template for every endpoint object that it has met, for ever.
    [Fact]
    public async Task Links_of_all_tenants_and_shells_are_made_from_the_same_endpoints()
    {
        await using var mine = await TestSite.StartAsync("Sqlite", "TestNotes");
        await using var other = await TestSite.StartAsync(mine.Host, "TestNotes");
        var known = mine.Host.Services.GetRequiredService<EndpointDataSource>().Endpoints.Single(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName == "test-notes");

        Assert.Same(known, await FindAsync(mine));
        Assert.Same(known, await FindAsync(other));
        await mine.EnableAsync("TestNotesMore");
        Assert.Same(known, await FindAsync(mine));

        static Task<Endpoint> FindAsync(TestSite site) => site.RunAsync(services =>
            Task.FromResult(services.GetRequiredService<IEndpointAddressScheme<string>>().FindEndpoints("test-notes").Single()));
    }

    private sealed class Loud : IFeature
    {
        public FeatureInfo Info { get; } = new("Loud", "Loud", "Test", "Says everything in capitals, and has a badge.");

        public void Declare(FeatureBuilder f) => f.Zone<BadgeViewComponent>("header", 1);

        public void AddServices(IServiceCollection services) => services.AddKeyedSingleton<IStringLocalizerFactory, Capitals>("tenant");
    }

    private sealed class Capitals : IStringLocalizerFactory, IStringLocalizer
    {
        public LocalizedString this[string name] => new(name, name.ToUpperInvariant());

        public LocalizedString this[string name, params object[] arguments] => this[name];

        public IStringLocalizer Create(Type resourceSource) => this;

        public IStringLocalizer Create(string baseName, string location) => this;

        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => [];
    }
}

// Not nested, or the framework would not take it for one.
public sealed class BadgeViewComponent : ViewComponent
{
    public string Invoke() => HttpContext.Request.Path;
}
