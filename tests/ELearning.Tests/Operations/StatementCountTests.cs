using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Operations;

/// <summary>How many statements a request costs. A number that grows is looked at before it is written here; BEGIN and COMMIT are not counted.</summary>
public sealed partial class StatementCountTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_page_for_nobody_in_particular_reads_its_own_rows(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");

        // The latest greetings. Nobody's session, permissions and settings cost nothing.
        Assert.Equal(1, await GetAsync(site, "/hello"));
        Assert.Equal(1, await GetAsync(site, "/hello/greetings"));
        Assert.Equal(0, await GetAsync(site, "/"));
        // What is not there is told without asking.
        Assert.Equal(0, await GetAsync(site, "/nothing", HttpStatusCode.NotFound));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Who_is_signed_in_costs_one_statement_a_request(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello", "TestAccounts");
        await SignInAsync(site);

        // Session, person and version of permissions in one; the latest greetings.
        Assert.Equal(2, await GetAsync(site, "/hello"));
        Assert.Equal(2, await GetAsync(site, "/hello/greetings"));
        Assert.Equal(1, await GetAsync(site, "/test/who"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Leaving_a_greeting_writes_it_and_its_fact(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello", "TestAccounts");
        var page = await site.Browser.GetStringAsync("/hello");
        // The greeting, and number and fact in one batch. Unless work waited already, these two again, a look at the mark, and the mark.
        var cost = await PostAsync(site, page);
        Assert.True(cost is 2 or 6, $"{cost} statements");

        await SignInAsync(site);
        page = await site.Browser.GetStringAsync("/hello");
        // And the session.
        cost = await PostAsync(site, page);
        Assert.True(cost is 3 or 7, $"{cost} statements");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Activating_a_tenant_with_nothing_to_migrate_costs_three_reads(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        var engine = site.Host.Services.GetRequiredService<Engine>();
        // Only what this test's own calls send: hosts have work of their own to do meanwhile.
        var mine = new AsyncLocal<List<string>?>();
        void Note(Store store, Sql sql) => mine.Value?.Add(sql.Text);
        engine.StatementSeen += Note;
        var sent = mine.Value = [];
        var shell = await site.Host.Services.GetRequiredService<ShellFactory>().BuildAsync(site.Tenant, default);
        engine.StatementSeen -= Note;
        await shell.ReleaseAsync();

        Assert.Collection(sent,
            text => Assert.StartsWith("SELECT feature, version", text), // are the tables up to date?
            text => Assert.StartsWith("SELECT permission FROM offered_permissions", text), // is a permission new?
            text => Assert.Contains("FROM tenant_settings", text)); // of the platform's database
    }

    private static async Task<int> GetAsync(TestSite site, string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        // The first one may build the shell and compile what it meets: that is another test.
        (await site.Browser.GetAsync(path)).Dispose();
        using var answer = await site.Browser.GetAsync(path);
        Assert.Equal(expected, answer.StatusCode);
        return TestSite.Statements(answer);
    }

    private static async Task<int> PostAsync(TestSite site, string page)
    {
        using var answer = await site.Browser.PostAsync("/hello", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Input.Name"] = "Ann",
            ["Input.Text"] = "Hello",
            ["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value,
        }));
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return TestSite.Statements(answer);
    }

    private static async Task SignInAsync(TestSite site)
    {
        using var answer = await site.Browser.PostAsJsonAsync("/test/sign-in", new TestAccountsFeature.SignIn(await site.PersonAsync("Ann")));
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
