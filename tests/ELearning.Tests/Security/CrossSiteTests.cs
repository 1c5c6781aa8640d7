using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Security;

public sealed class CrossSiteTests : IAsyncLifetime
{
    private TestSite _site = null!; // made before each test

    public async Task InitializeAsync()
    {
        _site = await TestSite.StartAsync("Sqlite", "TestAccounts", "SecurityLibrary");
        _site.Browser.DefaultRequestHeaders.Clear();
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Theory]
    // Sec-Fetch-Site decides where a browser sends it.
    [InlineData("POST", "same-origin", null, true, true)]
    [InlineData("POST", "same-origin", "https://evil.example", true, true)]
    [InlineData("POST", "same-site", "own", true, false)]
    [InlineData("POST", "cross-site", "own", false, false)]
    [InlineData("POST", "none", null, false, false)]
    [InlineData("POST", "", null, false, false)]
    // Else the origin.
    [InlineData("POST", null, "own", true, true)]
    [InlineData("POST", null, "https://evil.example", true, false)]
    [InlineData("POST", null, "null", false, false)]
    // Else it is no browser, and then it has no cookie.
    [InlineData("POST", null, null, false, true)]
    [InlineData("POST", null, null, true, false)]
    public async Task What_changes_something_comes_from_our_own_pages(string method, string? site, string? origin, bool cookie, bool passes)
    {
        var answer = await SendAsync(method, "/test/library/dust", site, origin, cookie);

        Assert.Equal(passes ? HttpStatusCode.NoContent : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Looking_is_allowed_from_anywhere() =>
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("GET", "/test/who", "cross-site", "https://evil.example", cookie: true)).StatusCode);

    [Fact]
    public async Task An_endpoint_may_say_that_other_sites_post_to_it() =>
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync("POST", "/test/library/launch", "cross-site", "https://lms.example", cookie: true)).StatusCode);

    [Fact]
    public void These_endpoints_take_posts_of_other_sites()
    {
        var allowed = _site.Host.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<CrossSiteAllowed>() is not null).ToList();

        Assert.Equal(["/test/library/launch"], allowed.Select(endpoint => endpoint.RoutePattern.RawText).Distinct());
        Assert.All(allowed, endpoint => Assert.NotEmpty(endpoint.Metadata.GetMetadata<CrossSiteAllowed>()!.Reason));
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? site, string? origin, bool cookie)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (site is not null) request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        if (origin is not null) request.Headers.Add("Origin", origin == "own" ? _site.Browser.BaseAddress!.GetLeftPart(UriPartial.Authority) : origin);
        if (cookie) request.Headers.Add("Cookie", "theme=dark");
        return await _site.Browser.SendAsync(request);
    }
}
