using System.Net;
using System.Text.RegularExpressions;
using ELearning.Shells;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning;

public sealed partial class IsolationTests
{
    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_form_of_one_tenant_is_refused_by_another(string database)
    {
        await using var mine = await TestSite.StartAsync(database, "Hello");
        await using var other = await TestSite.StartAsync(mine.Host, "Hello");
        var page = await mine.Browser.GetAsync("/hello");
        var cookie = page.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(".el-form-", StringComparison.Ordinal)).Split(';')[0];
        var token = Token().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;

        Assert.Equal(HttpStatusCode.Redirect, (await PostAsync(mine, cookie, token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(other, cookie, token)).StatusCode);
        // Even under the other's own cookie name the value says nothing there.
        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(other, cookie.Replace(mine.Tenant.Key, other.Tenant.Key), token)).StatusCode);
        Assert.Empty(await other.QueryAsync<string>($"SELECT text FROM greetings"));
    }

    [Fact]
    public async Task What_one_tenant_protects_no_other_can_read()
    {
        await using var mine = await TestSite.StartAsync("Sqlite");
        await using var other = await TestSite.StartAsync(mine.Host);
        // One protector, made once: as a singleton of the framework would hold it.
        var shared = mine.Host.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("purpose");

        var sealedText = await mine.RunAsync(_ => Task.FromResult(shared.Protect("secret")));

        Assert.Equal("secret", await mine.RunAsync(_ => Task.FromResult(shared.Unprotect(sealedText))));
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => other.RunAsync(_ => Task.FromResult(shared.Unprotect(sealedText))));
        var nowhere = Assert.ThrowsAny<Exception>(() => shared.Protect("no tenant here"));
        Assert.Contains("outside a tenant's request", nowhere.GetBaseException().Message);
    }

    [Fact]
    public async Task Caches_are_a_tenants_own()
    {
        await using var mine = await TestSite.StartAsync("Sqlite");
        await using var other = await TestSite.StartAsync(mine.Host);

        await mine.RunAsync(services => Task.FromResult(services.GetRequiredService<IMemoryCache>().Set("key", "value", new MemoryCacheEntryOptions { Size = 1 })));

        Assert.Null(await other.RunAsync(services => Task.FromResult(services.GetRequiredService<IMemoryCache>().Get("key"))));
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task Rows_of_one_tenant_are_not_anothers(string database)
    {
        await using var mine = await TestSite.StartAsync(database, "TestNotes");
        await using var other = await TestSite.StartAsync(mine.Host, "TestNotes");

        await mine.Browser.PutAsync($"/test/notes/{Guid.NewGuid()}?text=mine", null);

        Assert.Contains("mine", await mine.Browser.GetStringAsync("/test/notes"));
        Assert.DoesNotContain("mine", await other.Browser.GetStringAsync("/test/notes"));
    }

    [Fact]
    public async Task Under_a_prefix_a_tenant_works_as_under_a_host()
    {
        var host = await TestHost.SharedAsync("Sqlite");
        var name = $"p{Guid.NewGuid().ToString("N")[..10]}";
        await host.Services.GetRequiredService<CreateTenant>().RunAsync(new(name, "By prefix") { Prefix = name, Features = ["Hello"] }, default);
        using var browser = host.Browser("localhost");

        var page = await browser.GetAsync($"/{name}/hello");
        var cookies = page.Headers.GetValues("Set-Cookie");
        var token = Token().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        var posted = await browser.PostAsync($"/{name}/hello", Greeting(token));

        Assert.All(cookies, cookie => Assert.Contains($"path=/{name}", cookie));
        Assert.Equal($"/{name}/hello", posted.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/hello")).StatusCode);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_host_that_a_visitor_used_is_believed_of_named_proxies_only(bool named)
    {
        await using var host = await TestHost.StartAsync("Sqlite", options: options => options with { Proxies = [IPAddress.Parse(named ? "127.0.0.1" : "10.0.0.7")] });
        await using var site = await TestSite.StartAsync(host, "Hello");
        using var browser = host.Browser("localhost");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hello");
        request.Headers.Add("X-Forwarded-Host", $"{site.Name}.localhost");
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");

        Assert.Equal(named ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await browser.SendAsync(request)).StatusCode);
    }

    private static async Task<HttpResponseMessage> PostAsync(TestSite site, string cookie, string token)
    {
        using var browser = site.OtherBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hello") { Content = Greeting(token) };
        request.Headers.Add("Cookie", cookie);
        return await browser.SendAsync(request);
    }

    private static FormUrlEncodedContent Greeting(string token) => new(new Dictionary<string, string>
    {
        ["Input.Name"] = "Ada",
        ["Input.Text"] = "Hello",
        ["__RequestVerificationToken"] = token,
    });

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
