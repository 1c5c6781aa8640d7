using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.SiteAdmin;

public sealed partial class SiteSettingsTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_setting_shows_its_default_and_then_who_changed_it(string database)
    {
        await using var site = await AdministeredAsync(database);
        var page = await site.Browser.GetAsync("/manage/settings?q=greetings+shown");
        var before = await page.Content.ReadAsStringAsync();
        Assert.Contains("Greetings shown", before);
        Assert.Contains("Nobody has changed it", before);
        Assert.DoesNotContain("Days kept", before);
        Assert.InRange(TestSite.Statements(page), 1, 8);

        var saved = await PostAsync(site, "/manage/settings/general/hello", ("Values[Title]", "Wall"), ("Values[GreetingsShown]", "5"));
        Assert.Equal("/manage/settings", saved.Headers.Location!.OriginalString);

        var after = await site.Browser.GetStringAsync("/manage/settings?q=hello");
        Assert.Matches(@"Wall</span>", after);
        Assert.Contains("Ann, ", after);
        Assert.Contains("Wall", await site.Browser.GetStringAsync("/hello"));
        var trail = await site.RunAsync(services => services.GetRequiredService<Audit>().PageAsync(new() { Act = "settings-changed" }, null, 10, default));
        Assert.Single(trail);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_value_against_the_rules_is_refused_beside_its_field(string database)
    {
        await using var site = await AdministeredAsync(database);

        var answer = await PostAsync(site, "/manage/settings/general/hello", ("Values[GreetingsShown]", "500"), ("Values[DaysKept]", "soon"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("These settings are not saved yet", page);
        Assert.Contains("value=\"500\"", page);
        Assert.Contains("must be a whole number", page);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Of_two_who_change_the_same_settings_the_second_is_told(string database)
    {
        await using var site = await AdministeredAsync(database);
        var read = await site.Browser.GetStringAsync("/manage/settings/general/hello");
        await PostAsync(site, "/manage/settings/general/hello", ("Values[Title]", "First"));

        var answer = await site.Browser.PostAsync("/manage/settings/general/hello", FormOf(read, ("Values[Title]", "Second")));

        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Somebody else changed settings meanwhile.", page);
        Assert.Contains("value=\"Second\"", page);
        Assert.Contains("First", await site.Browser.GetStringAsync("/hello"));
        // Looked at and sent again, it is taken.
        await site.Browser.PostAsync("/manage/settings/general/hello", FormOf(page, ("Values[Title]", "Second")));
        Assert.Contains("Second", await site.Browser.GetStringAsync("/hello"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Name_zone_and_home_of_the_site_are_changed_and_what_is_none_is_refused(string database)
    {
        await using var site = await AdministeredAsync(database);

        await PostAsync(site, "/manage/settings", ("Input.Title", "Night School"), ("Input.Culture", "en"), ("Input.Zone", "Asia/Tokyo"), ("Input.Home", "/hello"));

        Assert.Equal(("Night School", "Asia/Tokyo"), (site.Tenant.Title, site.Tenant.Zone));
        Assert.Contains("Guest book", await site.Browser.GetStringAsync("/"));
        var refused = await PostAsync(site, "/manage/settings", ("Input.Title", ""), ("Input.Culture", "tlh"), ("Input.Zone", "Mars/Base"), ("Input.Home", "https://elsewhere.example"));
        var page = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
        foreach (var why in new[] { "Write a name; people see it on every page.", "Choose one of these languages.", "Choose one of these time zones.", "Choose one of these pages." })
            Assert.Contains(why, page);
        Assert.Equal("Night School", site.Tenant.Title);
    }

    [Fact]
    public async Task What_no_feature_in_force_declares_is_not_there()
    {
        await using var site = await AdministeredAsync("Sqlite");
        await site.DisableAsync("Hello");

        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/manage/settings/general/hello")).StatusCode);
        Assert.Contains("No setting has these words", await site.Browser.GetStringAsync("/manage/settings?q=guest+book"));
    }

    private static async Task<TestSite> AdministeredAsync(string database)
    {
        var site = await TestSite.StartAsync(database, "TestAccounts", "Hello");
        var ann = await site.PersonAsync("Ann");
        await site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Administrator, Scope.Tenant, default));
        await site.Browser.PostAsJsonAsync("/test/sign-in", new { Person = ann });
        return site;
    }

    private static async Task<HttpResponseMessage> PostAsync(TestSite site, string path, params (string Name, string Value)[] fields) =>
        await site.Browser.PostAsync(path, FormOf(await site.Browser.GetStringAsync(path), fields));

    private static FormUrlEncodedContent FormOf(string page, params (string Name, string Value)[] fields) =>
        new([.. Hidden().Matches(page).Select(match => KeyValuePair.Create(match.Groups[1].Value, match.Groups[2].Value)).Where(field => field.Key is "Version" or "__RequestVerificationToken").DistinctBy(field => field.Key),
            .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);

    [GeneratedRegex("<input[^>]*name=\"([^\"]+)\"[^>]*value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}
