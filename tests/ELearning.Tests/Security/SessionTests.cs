using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ELearning.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Security;

public sealed class SessionsOnSqlite() : SessionTests("Sqlite");

public sealed class SessionsOnPostgres() : SessionTests("Postgres");

public abstract class SessionTests(string database) : IAsyncLifetime
{
    private TestSite _site = null!; // made before each test
    private Guid _ann;

    public async Task InitializeAsync()
    {
        _site = await TestSite.StartAsync(database, "TestAccounts", "SecurityLibrary");
        _ann = await _site.PersonAsync("Ann");
    }

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Fact]
    public async Task Signing_in_and_out()
    {
        Assert.Equal("Nobody", await WhoAsync(_site.Browser));
        await _site.Browser.SignInAsync(_ann);
        Assert.Equal("Ann", await WhoAsync(_site.Browser));

        Assert.Equal(HttpStatusCode.NoContent, (await _site.Browser.PostAsync("/test/sign-out", null)).StatusCode);

        Assert.Equal("Nobody", await WhoAsync(_site.Browser));
        Assert.Empty(await _site.QueryAsync<Guid>($"SELECT id FROM sessions WHERE person_id = {_ann}"));
    }

    [Fact]
    public async Task Another_tenant_takes_no_notice_of_the_cookie()
    {
        await using var other = await TestSite.StartAsync(database, "TestAccounts");
        var (name, token) = (await CookieAsync(_site)).Split(';')[0].Split('=') is [var n, var t] ? (n, t) : throw new InvalidOperationException();

        foreach (var cookie in new[] { $"{name}={token}", $".el-{other.Tenant.Key}={token}" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/test/who") { Headers = { { "Cookie", cookie } } };
            Assert.Contains("Nobody", await (await other.Browser.SendAsync(request)).Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_of_other_sites()
    {
        var cookie = await CookieAsync(_site);

        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
        Assert.Contains("path=/", cookie);
        Assert.DoesNotContain("max-age", cookie);
        Assert.DoesNotContain("Partitioned", cookie);
    }

    [Fact]
    public async Task The_cookie_of_a_framed_session_may_be_sent_in_a_frame()
    {
        var cookie = await CookieAsync(_site, "https://lms.example");

        Assert.Contains("samesite=none", cookie);
        Assert.Contains("secure", cookie);
        Assert.Contains("; Partitioned", cookie);
    }

    [Fact]
    public async Task The_database_does_not_hold_what_the_browser_holds()
    {
        var token = (await CookieAsync(_site)).Split(';')[0].Split('=')[1];

        var kept = Assert.Single(await _site.QueryAsync<string>($"SELECT token_hash FROM sessions"));
        Assert.DoesNotContain(token, kept);
        Assert.Equal(64, kept.Length);
    }

    [Theory]
    [InlineData("UPDATE people SET state = 'suspended'")]
    [InlineData("UPDATE people SET trashed_at = '2026-01-01T00:00:00.000000Z'")]
    [InlineData("DELETE FROM sessions")]
    [InlineData("UPDATE sessions SET expires_at = '2026-01-01T00:00:00.000000Z'")]
    public async Task A_person_who_is_suspended_and_a_session_that_is_ended_are_nobody_at_once(string statement)
    {
        await _site.Browser.SignInAsync(_ann);
        Assert.Equal("Ann", await WhoAsync(_site.Browser));

        await _site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync(Sql.Trusted(statement)));

        Assert.Equal("Nobody", await WhoAsync(_site.Browser));
    }

    [Fact]
    public async Task People_see_their_sessions_and_end_the_others()
    {
        using var phone = _site.OtherBrowser();
        await _site.Browser.SignInAsync(_ann);
        await phone.SignInAsync(_ann);
        var bob = await _site.PersonAsync("Bob");

        var (mine, others) = await _site.RunAsync(async services =>
        {
            var sessions = services.GetRequiredService<Sessions>();
            var open = await sessions.OfAsync(_ann, default);
            Assert.False(await sessions.RevokeAsync(bob, open[0].Id, default));
            return (open, await sessions.RevokeAllAsync(_ann, open.MaxBy(session => session.OpenedAt)!.Id, default));
        });

        Assert.Equal((2, 1), (mine.Count, others));
        Assert.Equal("Nobody", await WhoAsync(_site.Browser));
        Assert.Equal("Ann", await WhoAsync(phone));
    }

    [Fact]
    public async Task A_session_lasts_as_long_as_it_is_used_but_not_for_ever()
    {
        var clock = new HandClock();
        await _site.RunAsync(async services =>
        {
            var sessions = new Sessions(services.GetRequiredService<Db>(), _site.Tenant, new() { IdleHours = 2, LongestDays = 1 }, clock);
            var request = new DefaultHttpContext();
            await sessions.OpenAsync(request, new(_ann), default);
            request.Request.Headers.Cookie = request.Response.Headers.SetCookie.Last(set => set!.StartsWith(sessions.CookieName + "=", StringComparison.Ordinal))!.Split(';')[0];

            for (var hour = 0; hour < 23; hour++)
            {
                clock.Now += TimeSpan.FromHours(1);
                Assert.NotNull(await sessions.ReadAsync(request, default));
            }
            clock.Now += TimeSpan.FromHours(1);
            Assert.Null(await sessions.ReadAsync(request, default));
            Assert.Equal(1, await sessions.SweepAsync(default));

            await sessions.OpenAsync(request, new(_ann), default);
            request.Request.Headers.Cookie = request.Response.Headers.SetCookie.Last(set => set!.StartsWith(sessions.CookieName + "=", StringComparison.Ordinal))!.Split(';')[0];
            clock.Now += TimeSpan.FromHours(2);
            Assert.Null(await sessions.ReadAsync(request, default));
        });
    }

    [Fact]
    public async Task Who_asks_is_one_statement_and_being_seen_is_written_now_and_then()
    {
        var clock = new HandClock();
        await _site.RunAsync(async services =>
        {
            var meter = new StatementMeter();
            var sessions = new Sessions(new Db(services.GetRequiredService<Store>(), meter), _site.Tenant, new(), clock);
            var request = new DefaultHttpContext();
            await sessions.OpenAsync(request, new(_ann), default);
            request.Request.Headers.Cookie = request.Response.Headers.SetCookie.Last(set => set!.StartsWith(sessions.CookieName + "=", StringComparison.Ordinal))!.Split(';')[0];

            var opened = meter.Count;
            await sessions.ReadAsync(request, default);
            Assert.Equal(1, meter.Count - opened);

            clock.Now += TimeSpan.FromMinutes(6);
            await sessions.ReadAsync(request, default);
            Assert.Equal(3, meter.Count - opened);
            await sessions.ReadAsync(request, default);
            Assert.Equal(4, meter.Count - opened);
        });
    }

    [Theory]
    [InlineData("https://lms.example; script-src *")]
    [InlineData("https://lms.example/path")]
    [InlineData("https://*.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://lms.example\n")]
    [InlineData("*")]
    public async Task Only_origins_may_frame(string origin) => await _site.RunAsync(services => Assert.ThrowsAsync<ArgumentException>(() =>
        services.GetRequiredService<Sessions>().OpenAsync(new DefaultHttpContext(), new(_ann) { Framing = [origin] }, default)));

    private static async Task<string> WhoAsync(HttpClient browser) => await browser.GetFromJsonAsync<JsonElement>("/test/who") is var who
        && who.GetProperty("name").GetString() is { Length: > 0 } name ? name : who.GetProperty("kind").GetString()!;

    private async Task<string> CookieAsync(TestSite site, params string[] framing)
    {
        var answer = await site.Browser.PostAsJsonAsync("/test/sign-in", new TestAccountsFeature.SignIn(_ann, Framing: framing.Length > 0 ? framing : null));
        return answer.Headers.GetValues("Set-Cookie").Single(set => !set.Contains("=;", StringComparison.Ordinal));
    }
}
