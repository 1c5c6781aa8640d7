using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning;

/// <summary>Two tenants under hosts of their own, and under prefixes of one origin. The same person is known to both.</summary>
public sealed partial class SessionIsolationTests
{
    private static readonly Guid Ann = Guid.CreateVersion7();

    [Theory, InlineData("Sqlite", "hosts"), InlineData("Sqlite", "prefixes"), InlineData("Postgres", "hosts"), InlineData("Postgres", "prefixes")]
    public async Task Whoever_signed_in_at_one_tenant_is_nobody_at_another(string database, string mode)
    {
        var (mine, other) = await StartAsync(database);
        using var browser = mine.Host.Browser(At(mine, mode).Host);
        var signedIn = await browser.PostAsJsonAsync(At(mine, mode).Path + "/test/sign-in", new TestAccountsFeature.SignIn(Ann));
        Assert.Equal(HttpStatusCode.NoContent, signedIn.StatusCode);
        var name = $".el-{mine.Tenant.Key}";
        var given = signedIn.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith(name + "=", StringComparison.Ordinal) && !cookie.StartsWith(name + "=;", StringComparison.Ordinal));
        var cookie = given.Split(';')[0];

        // A browser does not even send it there.
        Assert.Contains(mode == "hosts" ? "path=/;" : $"path=/{mine.Name};", given);
        Assert.DoesNotContain("domain", given);
        Assert.Equal("Person", await WhoAsync(browser, At(mine, mode).Path, null));
        if (mode == "prefixes") Assert.Equal("Nobody", await WhoAsync(browser, At(other, mode).Path, null));

        using var thief = mine.Host.Browser(At(other, mode).Host);
        Assert.Equal("Nobody", await WhoAsync(thief, At(other, mode).Path, cookie));
        Assert.Equal("Nobody", await WhoAsync(thief, At(other, mode).Path, cookie.Replace(mine.Tenant.Key, other.Tenant.Key)));
        Assert.Equal("Nobody", await WhoAsync(thief, At(other, mode).Path, cookie.Replace(name, $".el-{other.Tenant.Key}-framed")));
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task On_one_origin_a_form_of_one_tenant_is_refused_by_another(string database)
    {
        var (mine, other) = await StartAsync(database);
        using var browser = mine.Host.Browser("localhost");
        var page = await browser.GetAsync($"/{mine.Name}/hello");
        var cookie = page.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith(".el-form-", StringComparison.Ordinal)).Split(';')[0];
        var token = Token().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;

        Assert.Equal(HttpStatusCode.Redirect, await PostAsync(mine, cookie));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(other, cookie));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(other, cookie.Replace(mine.Tenant.Key, other.Tenant.Key)));
        Assert.Empty(await other.QueryAsync<string>($"SELECT text FROM greetings"));

        async Task<HttpStatusCode> PostAsync(TestSite site, string header)
        {
            using var fresh = site.Host.Browser("localhost");
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/{site.Name}/hello")
            {
                Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["Input.Name"] = "Ann", ["Input.Text"] = "Hello", ["__RequestVerificationToken"] = token }),
                Headers = { { "Cookie", header } },
            };
            using var answer = await fresh.SendAsync(request);
            return answer.StatusCode;
        }
    }

    private static async Task<(TestSite Mine, TestSite Other)> StartAsync(string database)
    {
        var mine = await TestSite.StartAsync(database, "Hello", "TestAccounts");
        var other = await TestSite.StartAsync(mine.Host, "Hello", "TestAccounts");
        foreach (var site in new[] { mine, other })
        {
            await site.Host.Shells.ChangeAsync(site.Tenant, tenant => tenant with { Prefix = site.Name });
            await site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"INSERT INTO people (id, display_name, sort_name) VALUES ({Ann}, 'Ann', 'ann')"));
        }
        return (mine, other);
    }

    private static (string Host, string Path) At(TestSite site, string mode) => mode == "hosts" ? ($"{site.Name}.localhost", "") : ("localhost", $"/{site.Name}");

    private static async Task<string?> WhoAsync(HttpClient browser, string path, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path + "/test/who");
        if (cookie is not null) request.Headers.Add("Cookie", cookie);
        using var answer = await browser.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("kind").GetString();
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
