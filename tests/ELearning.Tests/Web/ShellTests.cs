using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Web;

/// <summary>The frame around every page: what it offers to whom, and what it costs.</summary>
public sealed class ShellTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Navigation_shows_what_somebody_may_use_as_soon_as_they_may(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestAccounts", "TestDesk");
        var ann = await SignInAsync(site, "Ann Berg");

        var page = await site.Browser.GetStringAsync("/search");
        Assert.Contains("Home", page);
        Assert.DoesNotContain("Reports", page);
        Assert.DoesNotContain("class=\"persona\"", page);

        var role = await site.RunAsync(async services =>
        {
            var roles = services.GetRequiredService<Roles>();
            var counter = await roles.AddAsync("Counter", "", [DeskFeature.Count], default);
            await roles.AssignAsync(ann, counter!.Value, Scope.Tenant, default);
            return counter.Value;
        });
        page = await site.Browser.GetStringAsync("/search");
        // Two personas now; the second one leads to its first screen.
        Assert.Contains("class=\"persona\"", page);
        Assert.Matches("<a href=\"/test/desk/pencils\">Manage</a>", page);
        Assert.DoesNotContain("/test/desk/papers", page);

        await site.RunAsync(services => services.GetRequiredService<Roles>().WithdrawAsync(ann, role, Scope.Tenant, default));
        Assert.DoesNotContain("/test/desk/pencils", await site.Browser.GetStringAsync("/search"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_feature_that_is_switched_on_or_off_is_in_the_rail_or_not_at_once(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestAccounts", "TestDesk");
        await SignInAsync(site, "Ann");
        Assert.DoesNotContain("href=\"/hello\"", await site.Browser.GetStringAsync("/search"));

        await site.EnableAsync("Hello");
        Assert.Contains("href=\"/hello\"", await site.Browser.GetStringAsync("/search"));

        await site.DisableAsync("Hello");
        Assert.DoesNotContain("href=\"/hello\"", await site.Browser.GetStringAsync("/search"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_persona_is_remembered_on_pages_that_belong_to_none(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestAccounts", "TestDesk", "Hello");
        var ann = await SignInAsync(site, "Ann");
        await site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Administrator, Scope.Tenant, default));

        // Nothing answers there, and still the rail is that of the area which the address lies in.
        var manage = await (await site.Browser.GetAsync("/test/desk/pencils/7")).Content.ReadAsStringAsync();
        Assert.Matches("aria-current=\"true\"[^>]*>Manage<", manage);
        Assert.Contains("Reports", manage);
        Assert.Contains("Settings", manage);

        var nowhere = await (await site.Browser.GetAsync("/no/such/page")).Content.ReadAsStringAsync();
        Assert.Contains("Reports", nowhere);
        Assert.DoesNotContain("Community", nowhere);

        Assert.Contains("Community", await site.Browser.GetStringAsync("/hello"));
        Assert.Contains("Community", await (await site.Browser.GetAsync("/no/such/page")).Content.ReadAsStringAsync());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_shell_costs_no_statement_beyond_the_session(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestAccounts", "TestDesk", "Hello");
        var ann = await SignInAsync(site, "Ann");
        await site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Administrator, Scope.Tenant, default));
        (await site.Browser.GetAsync("/search")).Dispose();

        using var page = await site.Browser.GetAsync("/search");
        Assert.Equal(1, TestSite.Statements(page));
        using var missing = await site.Browser.GetAsync("/no/such/page");
        Assert.Equal(1, TestSite.Statements(missing));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Search_finds_screens_and_whatever_features_have_behind_the_same_box(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestAccounts", "TestDesk", "Hello");
        Assert.Equal(HttpStatusCode.Unauthorized, (await site.Browser.GetAsync("/search?q=ink")).StatusCode);
        await SignInAsync(site, "Ann");

        var screens = await site.Browser.GetStringAsync("/search?q=GUÈST+b");
        Assert.Contains("<h2 class=\"grouphead\">Screens</h2>", screens);
        Assert.Matches("<a href=\"/hello\"><span dir=\"auto\">Guest book", screens);

        var ink = await site.Browser.GetStringAsync("/search?q=ink");
        Assert.Contains("Stationery", ink);
        Assert.Contains("Inkwell &lt;full&gt;", ink);
        Assert.DoesNotContain("Screens</h2>", ink);

        // A screen that this person may not use is not found either.
        Assert.Contains("Nothing found for", await site.Browser.GetStringAsync("/search?q=pencils"));
        Assert.Contains("&lt;b&gt;", await site.Browser.GetStringAsync("/search?q=%3Cb%3E"));
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync("/search?q=" + new string('x', 5000))).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_page_speaks_as_the_person_wishes_else_the_browser_else_the_site(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestAccounts", "TestDesk", "Hello");
        var ann = await SignInAsync(site, "Ann");
        Assert.Contains("<html lang=\"en\" dir=\"ltr\"", await site.Browser.GetStringAsync("/search"));

        site.Browser.DefaultRequestHeaders.Add("Accept-Language", "xx-made-up, fr;q=0.9, de-AT;q=0.8, en;q=0.1");
        var german = await site.Browser.GetStringAsync("/search");
        Assert.Contains("<html lang=\"de-AT\" dir=\"ltr\"", german);
        Assert.Contains("Zum Inhalt springen", german);

        await site.RunAsync(services => services.GetRequiredService<Data.Db>().ExecuteAsync($"UPDATE people SET culture = {"en-GB"} WHERE id = {ann}"));
        Assert.Contains("<html lang=\"en-GB\" dir=\"ltr\"", await site.Browser.GetStringAsync("/search"));
    }

    private static async Task<Guid> SignInAsync(TestSite site, string name)
    {
        var person = await site.PersonAsync(name);
        using var answer = await site.Browser.PostAsJsonAsync("/test/sign-in", new TestAccountsFeature.SignIn(person));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        return person;
    }
}
