using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ELearning.Blobs;
using ELearning.Settings;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Themes;

public sealed partial class BrandTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_brand_has_a_sheet_that_browsers_keep_and_another_brand_another(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        var before = SheetOf(await site.Browser.GetStringAsync("/"));
        var kept = await site.Browser.GetAsync(before);
        Assert.Equal(("text/css", "public, max-age=31536000, immutable"), (kept.Content.Headers.ContentType!.MediaType, kept.Headers.CacheControl!.ToString()));

        await BrandAsync(site, """{ "Colour": "#ff0000", "Radius": 4 }""");

        var after = SheetOf(await site.Browser.GetStringAsync("/"));
        Assert.NotEqual(before, after);
        Assert.Contains("--brand:#ff0000;", await site.Browser.GetStringAsync(after));
        Assert.Contains("--radius:4px;", await site.Browser.GetStringAsync(after));
        // Somebody's page of before still has a sheet, which is not kept under the old name.
        var old = await site.Browser.GetAsync(before);
        Assert.Equal((HttpStatusCode.OK, true), (old.StatusCode, old.Headers.CacheControl!.NoStore));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_recipe_sets_the_brand_and_a_colour_that_is_none_is_refused(string database)
    {
        await using var site = await TestSite.StartAsync(database);

        var colour = await Assert.ThrowsAsync<RecipeException>(() => BrandAsync(site, """{ "Colour": "red;}body{display:none" }"""));
        var radius = await Assert.ThrowsAsync<RecipeException>(() => BrandAsync(site, """{ "Radius": 33 }"""));

        Assert.Equal("Brand.Colour: Write a colour as # and six digits, such as #2c5a9d.", colour.Message);
        Assert.Equal("Brand.Radius: Choose a radius from 0 to 32 pixels.", radius.Message);
        Assert.Contains("--brand:#2c5a9d;", await site.Browser.GetStringAsync(SheetOf(await site.Browser.GetStringAsync("/"))));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Each_tenant_has_its_own_by_host_and_by_prefix(string database)
    {
        var host = await TestHost.SharedAsync(database);
        var prefix = $"p{Guid.NewGuid().ToString("N")[..12]}";
        var made = await host.Services.GetRequiredService<CreateTenant>().RunAsync(new(prefix, "By prefix") { Prefix = prefix }, default);
        Assert.Null(made.Refusal);
        await using var red = await TestSite.StartAsync(host);
        await BrandAsync(red, """{ "Colour": "#ff0000" }""");
        await BrandAsync(host, prefix, """{ "Colour": "#00ff00" }""");
        var logo = await FileAsync(red, "red");

        using var visitor = host.Browser("localhost");
        var page = await visitor.GetStringAsync($"/{prefix}/");
        Assert.StartsWith($"/{prefix}/theme/", SheetOf(page));
        Assert.Contains("--brand:#00ff00;", await visitor.GetStringAsync(SheetOf(page)));
        Assert.Contains("--brand:#ff0000;", await red.Browser.GetStringAsync(SheetOf(await red.Browser.GetStringAsync("/"))));
        // The other's sheet under the other's name does not come from here, and neither does its logo.
        Assert.DoesNotContain("#ff0000", await visitor.GetStringAsync($"/{prefix}{SheetOf(await red.Browser.GetStringAsync("/"))}"));
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync($"/{prefix}/theme/files/{logo}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await red.Browser.GetAsync($"/theme/files/{logo}")).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_logo_is_kept_by_browsers_and_a_drawing_runs_nothing(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        var hash = await FileAsync(site, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "image/svg+xml");
        await BrandAsync(site, $$"""{ "Logo": "{{hash}}", "Favicon": "{{hash}}" }""");

        Assert.Contains($"href=\"/theme/files/{hash}\"", await site.Browser.GetStringAsync("/"));
        var answer = await site.Browser.GetAsync($"/theme/files/{hash}");
        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());
        Assert.StartsWith("sandbox; default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync($"/theme/files/{new string('0', 64)}")).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_preview_is_seen_in_its_own_session_only_and_costs_no_statement(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestAccounts", "CampusTheme");
        using var other = site.OtherBrowser();
        var ann = await site.PersonAsync("Ann");
        foreach (var browser in new[] { site.Browser, other }) await browser.PostAsJsonAsync("/test/sign-in", new { Person = ann });
        // Once for the roles, which are remembered from then on.
        await site.Browser.GetAsync("/");
        var before = await site.Browser.GetAsync("/");
        var session = (await site.QueryAsync<Guid>($"SELECT id FROM sessions ORDER BY opened_at, id"))[0];
        await site.RunAsync(services => services.GetRequiredService<Sessions>().PreviewAsync(
            Actor.Nobody with { Session = session }, new("Campus", new() { Colour = "#ff00ff", Radius = 3 }), default));

        var preview = await site.Browser.GetAsync("/");
        Assert.Equal(TestSite.Statements(before), TestSite.Statements(preview));
        var sheet = SheetOf(await preview.Content.ReadAsStringAsync());
        Assert.Contains("--brand:#ff00ff;", await site.Browser.GetStringAsync(sheet));

        using var visitor = site.OtherBrowser();
        foreach (var browser in new[] { other, visitor })
        {
            Assert.Equal(SheetOf(await before.Content.ReadAsStringAsync()), SheetOf(await browser.GetStringAsync("/")));
            Assert.DoesNotContain("#ff00ff", await browser.GetStringAsync(sheet));
        }
    }

    private static Task BrandAsync(TestSite site, string brand) => BrandAsync(site.Host, site.Name, brand);

    private static Task BrandAsync(TestHost host, string tenant, string brand) =>
        host.Services.GetRequiredService<TenantSettings>().ApplyAsync(
            tenant, new Dictionary<string, JsonObject> { ["Brand"] = (JsonObject)JsonNode.Parse(brand)! },
            same => same, "test", default);

    private static Task<string> FileAsync(TestSite site, string content, string type = "image/png") => site.RunAsync(async services =>
    {
        var blobs = services.GetRequiredService<BlobStore>();
        var received = await blobs.ReceiveAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), 1000, default);
        Assert.Null(await blobs.KeepAsync(received!, Brand.Files, "logo", type, long.MaxValue, default));
        return received!.Hash;
    });

    private static string SheetOf(string page) => Link().Match(page).Groups[1].Value;

    [GeneratedRegex("href=\"([^\"]*/theme/[0-9a-f]{16}\\.css)\"")]
    private static partial Regex Link();
}
