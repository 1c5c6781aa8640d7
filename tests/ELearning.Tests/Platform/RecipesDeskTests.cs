using System.Net;
using Xunit;

namespace ELearning.Platform;

/// <summary>Recipes at the platform's desk: read, checked, planned, applied, written out.</summary>
public sealed class RecipesDeskTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    private const string Greeting = """
        { "name": "greeting", "steps": [
            { "name": "feature", "enable": ["Hello"] },
            { "name": "settings", "hello": { "Title": "Ahoy", "GreetingsShown": 7 } } ] }
        """;

    [Theory, MemberData(nameof(Databases))]
    public async Task A_recipe_is_planned_applied_and_then_changes_nothing(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();
        var form = new Dictionary<string, string> { ["Input.Tenant"] = site.Name, ["Input.Text"] = Greeting };
        const string Page = "/platform/recipes/apply";

        var plan = await TextAsync(await platform.PostAsync(Page, form));
        Assert.Contains($"changes to {site.Name}", plan);
        Assert.Contains("Feature Hello", plan);
        Assert.DoesNotContain("Hello", site.Tenant.Features);

        using var applied = await platform.PostAsync(Page, form, $"{Page}?handler=Run");
        var run = await TextAsync(await platform.Browser.GetAsync(applied.Headers.Location));
        Assert.Contains("things have changed", run);
        Assert.Contains("Ahoy", await site.Browser.GetStringAsync("/hello"));

        Assert.Contains("Nothing would change", await TextAsync(await platform.PostAsync(Page, form)));
        using var again = await platform.PostAsync(Page, form, $"{Page}?handler=Run");
        Assert.Contains("Nothing has changed", await TextAsync(await platform.Browser.GetAsync(again.Headers.Location)));
        Assert.Contains("pasted", await platform.Browser.GetStringAsync($"/platform/tenants/{site.Name}"));

        var written = await platform.Browser.GetStringAsync($"/platform/tenants/{site.Name}/recipe");
        Assert.Contains("\"Title\": \"Ahoy\"", written);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_mistake_has_its_line_its_column_and_what_to_write_instead(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        await using var platform = await TestSite.PlatformAsync(site.Host);
        await platform.SignInAsync();

        var page = await TextAsync(await platform.PostAsync("/platform/recipes/apply", new()
        {
            ["Input.Tenant"] = site.Name,
            ["Input.Text"] = Greeting.Replace("\"Hello\"", "\"Helo\""),
        }));

        Assert.Contains("pasted, line 2, column", page);
        Assert.Contains("There is no feature \"Helo\"", page);
        Assert.Contains("Hello", page);
    }

    [Fact]
    public async Task Every_recipe_of_this_host_can_be_read()
    {
        await using var platform = await TestSite.PlatformAsync("Sqlite");
        await platform.SignInAsync();

        var list = await platform.Browser.GetStringAsync("/platform/recipes");
        foreach (var name in new[] { "academy", "blank", "college", "hello", "studio" })
        {
            Assert.Contains($"/platform/recipes/{name}\"", list);
            var recipe = await platform.Browser.GetStringAsync($"/platform/recipes/{name}");
            Assert.Contains("&quot;steps&quot;", recipe);
            Assert.DoesNotContain("not right", recipe);
        }
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
}
