using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ELearning.Data;
using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed class SigningInOnSqlite() : SignInTests("Sqlite");

public sealed class SigningInOnPostgres() : SignInTests("Postgres");

public abstract class SignInTests(string database) : IAsyncLifetime
{
    private TestSite _site = null!; // made before each test
    private Guid _ada;

    public async Task InitializeAsync()
    {
        _site = await TestSite.StartAsync(database, "Accounts", "TestAccounts", "Hello");
        _ada = await _site.AccountAsync("Ada", "ada@example.org");
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task A_person_signs_in_and_out()
    {
        Pages.LeadsTo("/", await _site.Browser.EnterAsync("  ADA@example.org "));
        Assert.Equal("Ada", await WhoAsync(_site.Browser));
        Pages.LeadsTo("/", await _site.Browser.GetAsync("/sign-in"));

        Pages.LeadsTo("/sign-in", await _site.Browser.SendAsync("/sign-out"));

        Assert.Equal("", await WhoAsync(_site.Browser));
        Assert.Contains("You are signed out.", await _site.Browser.GetStringAsync("/sign-in"));
        Assert.Empty(await _site.QueryAsync<Guid>($"SELECT id FROM sessions"));
        Assert.Equal(["signed-in"], await _site.QueryAsync<string>($"SELECT act FROM audit ORDER BY act"));
    }

    [Fact]
    public async Task Nobody_is_led_to_another_site() =>
        Pages.LeadsTo("/", await _site.Browser.EnterAsync("ada@example.org", query: "?returnUrl=%2F%2Fevil.example"));

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_cannot_be_told_apart()
    {
        await _site.AccountAsync("Bob", "bob@example.org", password: null);
        using var known = _site.OtherBrowser();
        using var unknown = _site.OtherBrowser();
        using var invited = _site.OtherBrowser();

        for (var i = 0; i < 6; i++)
        {
            var answers = new[]
            {
                await known.EnterAsync("ada@example.org", "not the password"),
                await unknown.EnterAsync("eve@example.org", "not the password"),
                await invited.EnterAsync("bob@example.org", "not the password"),
            };
            var bodies = new List<string>();
            foreach (var answer in answers) bodies.Add(Masked(await answer.TextAsync()));

            Assert.Contains(i < 5 ? "do not fit together" : "Please wait half a minute", bodies[0]);
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
            Assert.All(answers, answer => Assert.Equal(TestSite.Statements(answers[0]), TestSite.Statements(answer)));
            Assert.All(answers, answer => Assert.Equal(Names(answers[0]), Names(answer)));
            Assert.All(bodies, body => Assert.Equal(bodies[0], body));
        }
    }

    [Fact]
    public async Task Guesses_at_once_all_count()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            using var browser = _site.OtherBrowser();
            return await (await browser.EnterAsync("ada@example.org", $"guess {i}")).TextAsync();
        }));

        Assert.Equal(3, answers.Count(answer => answer.Contains("Please wait")));
    }

    [Fact]
    public async Task Guessers_do_not_keep_the_owner_out_of_a_browser_that_is_known()
    {
        await _site.Browser.EnterAsync("ada@example.org");
        await _site.Browser.SendAsync("/sign-out");
        using var guesser = _site.OtherBrowser();
        for (var i = 0; i < 6; i++) await guesser.EnterAsync("ada@example.org", $"guess {i}");
        Assert.Contains("Please wait", await (await guesser.EnterAsync("ada@example.org")).TextAsync());

        Pages.LeadsTo("/", await _site.Browser.EnterAsync("ada@example.org"));
    }

    [Fact]
    public async Task A_pause_ends_and_success_forgets_the_failures()
    {
        var clock = new HandClock();
        await _site.RunAsync(async services =>
        {
            var failures = new SignInFailures(services.GetRequiredService<Db>(), clock);
            var tried = Tried.Of("ada@example.org", null, "192.0.2.1");

            for (var i = 1; i <= 5; i++) Assert.Equal(new(TimeSpan.Zero, 5 - i), await failures.TakeAsync(tried, default));
            Assert.Equal(TimeSpan.FromSeconds(30), (await failures.TakeAsync(tried, default)).Wait);
            clock.Now += TimeSpan.FromSeconds(29);
            Assert.Equal(TimeSpan.FromSeconds(1), (await failures.TakeAsync(tried, default)).Wait);
            clock.Now += TimeSpan.FromSeconds(1);
            Assert.Equal(TimeSpan.Zero, (await failures.TakeAsync(tried, default)).Wait);
            Assert.Equal(TimeSpan.FromMinutes(1), (await failures.TakeAsync(tried, default)).Wait);

            clock.Now += TimeSpan.FromMinutes(1);
            await failures.TakeAsync(tried, default);
            await failures.ForgetAsync(tried, default);
            Assert.Equal(new(TimeSpan.Zero, 4), await failures.TakeAsync(tried, default));

            clock.Now += TimeSpan.FromDays(2);
            Assert.Equal(new(TimeSpan.Zero, 4), await failures.TakeAsync(tried, default));
        });
    }

    [Fact]
    public async Task One_network_that_tries_many_accounts_has_to_wait_too() => await _site.RunAsync(async services =>
    {
        var failures = new SignInFailures(services.GetRequiredService<Db>(), new HandClock());

        for (var i = 0; i < 50; i++) Assert.Equal(TimeSpan.Zero, (await failures.TakeAsync(Tried.Of($"{i}@example.org", null, "192.0.2.1"), default)).Wait);

        Assert.Equal(TimeSpan.FromSeconds(30), (await failures.TakeAsync(Tried.Of("ada@example.org", null, "192.0.2.1"), default)).Wait);
        Assert.Equal(TimeSpan.Zero, (await failures.TakeAsync(Tried.Of("ada@example.org", null, "192.0.2.2"), default)).Wait);
    });

    [Fact]
    public async Task A_token_that_somebody_planted_is_worth_nothing_after_signing_in()
    {
        const string planted = "chosen-by-somebody-else";
        _site.Browser.DefaultRequestHeaders.Add("Cookie", $".el-{_site.Tenant.Key}={planted}");

        var cookie = SessionCookie(await _site.Browser.EnterAsync("ada@example.org"));

        Assert.DoesNotContain(planted, cookie);
        using var thief = _site.OtherBrowser();
        thief.DefaultRequestHeaders.Add("Cookie", $".el-{_site.Tenant.Key}={planted}");
        Assert.Equal("", await WhoAsync(thief));
    }

    [Fact]
    public async Task Only_those_who_ask_for_it_stay_signed_in()
    {
        Assert.DoesNotContain("max-age", SessionCookie(await _site.Browser.EnterAsync("ada@example.org")));
        using var home = _site.OtherBrowser();
        Assert.Contains("max-age", SessionCookie(await home.EnterAsync("ada@example.org", kept: true)));
    }

    [Theory]
    [InlineData("UPDATE people SET state = 'suspended'")]
    [InlineData("UPDATE people SET trashed_at = '2026-01-01T00:00:00.000000Z'")]
    public async Task A_suspended_person_is_told_so_only_with_the_right_password(string statement)
    {
        await _site.Browser.EnterAsync("ada@example.org");
        Assert.Equal("Ada", await WhoAsync(_site.Browser));

        await _site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync(Sql.Trusted(statement)));

        Assert.Equal("", await WhoAsync(_site.Browser));
        Assert.Contains("This account is suspended.", await (await _site.Browser.EnterAsync("ada@example.org")).TextAsync());
        Assert.Contains("do not fit together", await (await _site.Browser.EnterAsync("ada@example.org", "not the password")).TextAsync());
    }

    [Fact]
    public async Task A_weaker_hash_is_replaced_when_its_password_is_given()
    {
        var weak = new Microsoft.AspNetCore.Identity.PasswordHasher<string>(Microsoft.Extensions.Options.Options.Create(
            new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 1000 })).HashPassword("", Pages.Password);
        await _site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"UPDATE accounts SET password_hash = {weak}"));

        Pages.LeadsTo("/", await _site.Browser.EnterAsync("ada@example.org"));

        var kept = Convert.FromBase64String((await _site.QueryAsync<string>($"SELECT password_hash FROM accounts")).Single());
        Assert.Equal(PasswordHashes.Rounds, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(kept.AsSpan(5)));
        await _site.Browser.SendAsync("/sign-out");
        Pages.LeadsTo("/", await _site.Browser.EnterAsync("ada@example.org"));
    }

    [Fact]
    public async Task An_address_has_one_account_however_it_is_written()
    {
        var bob = await _site.PersonAsync("Bob");

        Assert.False(await _site.RunAsync(services => services.GetRequiredService<Credentials>().AddAsync(new(bob, "Ada@Example.ORG"), default)));
        Assert.Equal(_ada, (await _site.RunAsync(services => services.GetRequiredService<Credentials>().FindAsync("ada@EXAMPLE.org", default)))!.PersonId);
    }

    [Fact]
    public async Task A_token_is_good_once_for_its_purpose_its_time_and_its_site()
    {
        await using var other = await TestSite.StartAsync(database, "Accounts");
        var clock = new HandClock();
        var token = await _site.RunAsync(services => Tokens(services).IssueAsync(TokenPurpose.Reset, _ada, "ada@example.org", "Ada", TimeSpan.FromHours(1), default));

        Assert.DoesNotContain(token, (await _site.QueryAsync<string>($"SELECT token_hash FROM one_time_tokens")).Single());
        Assert.False(await other.RunAsync(services => Tokens(services).RedeemAsync(TokenPurpose.Reset, token, default)));
        Assert.False(await _site.RunAsync(services => Tokens(services).RedeemAsync(TokenPurpose.Invite, token, default)));
        clock.Now += TimeSpan.FromHours(1);
        Assert.False(await _site.RunAsync(services => Tokens(services).RedeemAsync(TokenPurpose.Reset, token, default)));
        clock.Now -= TimeSpan.FromSeconds(1);
        Assert.True(await _site.RunAsync(services => Tokens(services).RedeemAsync(TokenPurpose.Reset, token, default)));
        Assert.False(await _site.RunAsync(services => Tokens(services).RedeemAsync(TokenPurpose.Reset, token, default)));

        OneTimeTokens Tokens(IServiceProvider services) => new(services.GetRequiredService<Db>(), clock);
    }

    private static async Task<string> WhoAsync(HttpClient browser) => (await browser.GetFromJsonAsync<JsonElement>("/test/who")).GetProperty("name").GetString()!;

    private static string Masked(string body) => System.Text.RegularExpressions.Regex.Replace(body, "value=\"[^\"]*\"", "");

    private static string[] Names(HttpResponseMessage answer) => [.. answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key).Order()];

    private string SessionCookie(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Set-Cookie").Last(set => set.StartsWith($".el-{_site.Tenant.Key}=", StringComparison.Ordinal));
}
