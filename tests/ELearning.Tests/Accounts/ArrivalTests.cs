using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ELearning.Data;
using ELearning.Settings;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed class ArrivalsOnSqlite() : ArrivalTests("Sqlite");

public sealed class ArrivalsOnPostgres() : ArrivalTests("Postgres");

public abstract partial class ArrivalTests(string database) : IAsyncLifetime
{
    private TestSite _site = null!; // made before each test

    public async Task InitializeAsync()
    {
        _site = await TestSite.StartAsync(database, "Accounts", "TestAccounts");
        await SetAsync("Open");
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Somebody_signs_up_by_the_link_in_the_letter()
    {
        Pages.LeadsTo("/sign-up", await SignUpAsync(_site.Browser, "Grace", "grace@example.org"));
        Assert.Contains("We have written to grace@example.org.", await _site.Browser.GetStringAsync("/sign-up"));
        Assert.Empty(await _site.QueryAsync<Guid>($"SELECT id FROM people"));

        var link = await LinkAsync("grace@example.org");
        Assert.StartsWith("/sign-up/", link);
        Assert.Contains("Welcome, Grace", await _site.Browser.GetStringAsync(link));
        Assert.Contains("one of the first passwords", await (await JoinAsync(_site.Browser, link, "Grace Hopper", "password1")).TextAsync());
        Pages.LeadsTo("/", await JoinAsync(_site.Browser, link, "Grace Hopper", Pages.Password));

        Assert.Equal("Grace Hopper", await WhoAsync(_site.Browser));
        Assert.Equal(["Learner"], await _site.QueryAsync<string>($"SELECT r.name FROM role_assignments a JOIN roles r ON r.id = a.role_id ORDER BY r.name"));
        using var later = _site.OtherBrowser();
        Pages.LeadsTo("/", await later.EnterAsync("grace@example.org"));
        Assert.Equal(HttpStatusCode.Gone, (await later.GetAsync(link)).StatusCode);
    }

    [Fact]
    public async Task A_second_sign_up_tells_the_visitor_nothing_and_the_owner_everything()
    {
        await _site.AccountAsync("Ada", "ada@example.org");
        using var first = _site.OtherBrowser();
        using var second = _site.OtherBrowser();
        // The first letter of all remembers the site's address.
        await SignUpAsync(first, "Nobody", "nobody@example.org");
        await first.GetAsync("/sign-up");

        var known = await SignUpAsync(first, "Eve", "ada@example.org");
        var unknown = await SignUpAsync(second, "Eve", "eve@example.org");

        Same(known, unknown);
        Assert.Equal((await first.GetStringAsync("/sign-up")).Replace("ada@", "x@", StringComparison.Ordinal).Length, (await second.GetStringAsync("/sign-up")).Replace("eve@", "x@", StringComparison.Ordinal).Length);
        Assert.Contains("There is an account with it already", await LetterAsync("ada@example.org"));
        Assert.StartsWith("/reset/", await LinkAsync("ada@example.org"));
        Assert.Equal(1, Assert.Single(await _site.QueryAsync<long>($"SELECT COUNT(*) FROM people")));
    }

    [Theory]
    [InlineData("ByInvitation", "by invitation")]
    [InlineData("Closed", "Accounts at Test site are made by those who run the site.")]
    public async Task Where_nobody_signs_up_the_page_says_why(string mode, string why)
    {
        await SetAsync(mode);

        Assert.Contains(why, await (await _site.Browser.GetAsync("/sign-up")).TextAsync());
        var form = await _site.Browser.GetStringAsync("/sign-in");
        Assert.DoesNotContain("/sign-up", form);
        // Somebody may have kept the form of yesterday.
        await _site.Browser.PostAsync("/sign-up", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Input.Name"] = "Eve",
            ["Input.Email"] = "eve@example.org",
            ["__RequestVerificationToken"] = Token().Match(form).Groups[1].Value,
        }));
        Assert.Empty(await _site.QueryAsync<Guid>($"SELECT id FROM letters"));
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_and_every_session_ends()
    {
        await _site.AccountAsync("Ada", "ada@example.org");
        using var phone = _site.OtherBrowser();
        await phone.EnterAsync("ada@example.org");
        Pages.LeadsTo("/forgot", await ForgetAsync(_site.Browser, "Ada@example.org"));
        Assert.Contains("We have written to Ada@example.org.", await _site.Browser.GetStringAsync("/forgot"));
        var (link, unused) = (await LinkAsync("ada@example.org"), await AnotherLinkAsync());

        Assert.Contains("hardly more than your name", await (await _site.Browser.SendAsync(link, ("Chosen.Password", "ada@example.org"))).TextAsync());
        Pages.LeadsTo("/", await _site.Browser.SendAsync(link, ("Chosen.Password", "another horse battery")));

        Assert.Equal("Ada", await WhoAsync(_site.Browser));
        Assert.Equal("", await WhoAsync(phone));
        Assert.Contains("was changed", await LetterAsync("ada@example.org"));
        Assert.Contains("do not fit", await (await phone.EnterAsync("ada@example.org")).TextAsync());
        Pages.LeadsTo("/", await phone.EnterAsync("ada@example.org", "another horse battery"));
        foreach (var gone in new[] { link, unused, "/reset/made-up" })
        {
            var answer = await phone.GetAsync(gone);
            Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
            Assert.Contains("This link is good no more", await answer.TextAsync());
        }

        async Task<string> AnotherLinkAsync()
        {
            await ForgetAsync(phone, "ada@example.org");
            return await LinkAsync("ada@example.org");
        }
    }

    [Fact]
    public async Task Whether_there_is_an_account_is_told_to_its_mailbox_only()
    {
        await _site.AccountAsync("Ada", "ada@example.org");
        using var first = _site.OtherBrowser();
        using var second = _site.OtherBrowser();
        await ForgetAsync(first, "nobody@example.org");
        await first.GetAsync("/forgot");

        Same(await ForgetAsync(first, "ada@example.org"), await ForgetAsync(second, "eve@example.org"));

        Assert.Contains("/reset/", await LetterAsync("ada@example.org"));
        var letter = await LetterAsync("eve@example.org");
        Assert.Contains("Nobody can sign in there with this address", letter);
        Assert.DoesNotContain("/reset/", letter);
    }

    [Fact]
    public async Task A_suspended_person_gets_no_link()
    {
        var ada = await _site.AccountAsync("Ada", "ada@example.org");
        await _site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"UPDATE people SET state = 'suspended' WHERE id = {ada}"));

        await ForgetAsync(_site.Browser, "ada@example.org");

        Assert.DoesNotContain("/reset/", await LetterAsync("ada@example.org"));
    }

    [Fact]
    public async Task Nobody_is_flooded_with_letters()
    {
        for (var i = 0; i < 7; i++) Pages.LeadsTo("/forgot", await ForgetAsync(_site.Browser, "victim@example.org"));

        Assert.Equal(5, (await _site.QueryAsync<long>($"SELECT COUNT(*) FROM letters"))[0]);
    }

    [Fact]
    public async Task An_invitation_is_accepted_with_a_name_and_a_password()
    {
        var ada = await _site.AccountAsync("ada@example.org", "ada@example.org", password: null);
        await _site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"UPDATE people SET state = 'invited' WHERE id = {ada}"));
        var token = await _site.RunAsync(services => services.GetRequiredService<OneTimeTokens>()
            .IssueAsync(TokenPurpose.Invite, ada, "ada@example.org", "ada@example.org", TimeSpan.FromDays(7), default));

        Assert.Contains("You are invited to Test site", await _site.Browser.GetStringAsync($"/invite/{token}"));
        Pages.LeadsTo("/", await JoinAsync(_site.Browser, $"/invite/{token}", "Ada", Pages.Password));

        Assert.Equal("Ada", await WhoAsync(_site.Browser));
        Assert.Equal(("Ada", "active"), (await _site.QueryAsync<(string, string)>($"SELECT display_name, state FROM people")).Single());
        Assert.Equal(HttpStatusCode.Gone, (await _site.Browser.GetAsync($"/invite/{token}")).StatusCode);
    }

    [Fact]
    public async Task Another_sites_link_is_nothing_here()
    {
        await using var other = await TestSite.StartAsync(database, "Accounts");
        var ada = await _site.AccountAsync("Ada", "ada@example.org");
        foreach (var (purpose, path) in new[] { (TokenPurpose.Reset, "reset"), (TokenPurpose.Invite, "invite"), (TokenPurpose.SignUp, "sign-up") })
        {
            var token = await _site.RunAsync(services => services.GetRequiredService<OneTimeTokens>().IssueAsync(purpose, ada, "ada@example.org", "Ada", TimeSpan.FromDays(1), default));

            Assert.Equal(HttpStatusCode.OK, (await _site.Browser.GetAsync($"/{path}/{token}")).StatusCode);
            Assert.Equal(HttpStatusCode.Gone, (await other.Browser.GetAsync($"/{path}/{token}")).StatusCode);
        }
    }

    [Fact]
    public async Task A_password_of_somebody_elses_making_is_good_for_one_sign_in()
    {
        await _site.AccountAsync("Ada", "ada@example.org", mustChange: true);
        Pages.LeadsTo("/sign-in/new-password", await _site.Browser.EnterAsync("ada@example.org"));
        Assert.Equal("", await WhoAsync(_site.Browser));

        Assert.Contains("the one that you were given", await (await _site.Browser.SendAsync("/sign-in/new-password", ("Chosen.Password", Pages.Password))).TextAsync());
        Pages.LeadsTo("/", await _site.Browser.SendAsync("/sign-in/new-password", ("Chosen.Password", "another horse battery")));

        Assert.Equal("Ada", await WhoAsync(_site.Browser));
        using var later = _site.OtherBrowser();
        Pages.LeadsTo("/sign-in", await later.GetAsync("/sign-in/new-password"));
        Pages.LeadsTo("/", await later.EnterAsync("ada@example.org", "another horse battery"));
    }

    [Fact]
    public async Task The_pages_speak_german()
    {
        await _site.RunAsync(async _ => await _site.Host.Shells.ChangeAsync(_site.Tenant, tenant => tenant with { Culture = "de" }));

        Assert.Contains("Konto anlegen", await (await _site.Browser.GetAsync("/sign-up")).TextAsync());
        Assert.Contains("Setzen Sie einige Wörter zusammen", await (await JoinAsync(_site.Browser, await GermanLinkAsync(), "Grete", "passwort")).TextAsync());

        async Task<string> GermanLinkAsync()
        {
            await SignUpAsync(_site.Browser, "Grete", "grete@example.org");
            Assert.Contains("Ein Schritt fehlt noch", await LetterAsync("grete@example.org"));
            return await LinkAsync("grete@example.org");
        }
    }

    private static Task<HttpResponseMessage> SignUpAsync(HttpClient browser, string name, string email) =>
        browser.SendAsync("/sign-up", ("Input.Name", name), ("Input.Email", email));

    private static Task<HttpResponseMessage> ForgetAsync(HttpClient browser, string email) => browser.SendAsync("/forgot", ("Input.Email", email));

    private static Task<HttpResponseMessage> JoinAsync(HttpClient browser, string link, string name, string password) =>
        browser.SendAsync(link, ("Input.Name", name), ("Chosen.Password", password));

    private static async Task<string> WhoAsync(HttpClient browser) => (await browser.GetFromJsonAsync<JsonElement>("/test/who")).GetProperty("name").GetString()!;

    private static void Same(HttpResponseMessage one, HttpResponseMessage other)
    {
        Assert.Equal((one.StatusCode, one.Headers.Location), (other.StatusCode, other.Headers.Location));
        Assert.Equal(TestSite.Statements(one), TestSite.Statements(other));
        Assert.Equal(Names(one), Names(other));

        static string[] Names(HttpResponseMessage answer) => [.. answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key).Order()];
    }

    private async Task<string> LetterAsync(string address) =>
        (await _site.QueryAsync<string>($"SELECT text FROM letters WHERE to_key = {address} ORDER BY id DESC LIMIT 1")).Single();

    private async Task<string> LinkAsync(string address) => Link().Match(await LetterAsync(address)).Groups[1].Value;

    private Task SetAsync(string mode) => _site.Host.Services.GetRequiredService<TenantSettings>().ApplyAsync(
        _site.Name, new Dictionary<string, JsonObject> { ["accounts"] = new() { ["SignUp"] = mode } }, tenant => tenant, "test", default);

    [GeneratedRegex(@"https?://[^/\s]+(/(?:reset|sign-up)/[A-Za-z0-9_-]+)")]
    private static partial Regex Link();

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
