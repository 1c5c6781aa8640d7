using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Hello;

public sealed partial class HelloTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_visitor_leaves_a_greeting_that_everybody_reads(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        Assert.Contains("Nobody has left a greeting yet", await site.Browser.GetStringAsync("/hello"));

        Assert.Equal(HttpStatusCode.Redirect, (await LeaveAsync(site.Browser, "Ada", "Good morning <b>all</b>")).StatusCode);

        using var other = site.OtherBrowser();
        Assert.Contains("Good morning &lt;b&gt;all&lt;/b&gt;", await other.GetStringAsync("/hello"));
        Assert.Equal("Ada", (await GreetingsAsync(site))[0].Name);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task An_empty_form_is_refused_with_what_to_do(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");

        var answer = await LeaveAsync(site.Browser, "", "");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Write a greeting; a word is enough.", await answer.Content.ReadAsStringAsync());
        Assert.Empty(await GreetingsAsync(site));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_greeting_is_counted_exactly_once(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");

        for (var i = 1; i <= 3; i++) await LeaveAsync(site.Browser, "Ada", $"Greeting {i}");

        await UntilAsync(async () => (await site.QueryAsync<long>($"SELECT COUNT(*) FROM outbox")) is [0]);
        Assert.Equal([3], await site.QueryAsync<int>($"SELECT greetings FROM greeting_counts"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Only_a_moderator_removes_a_greeting_and_the_trail_says_who(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello", "TestAccounts");
        await LeaveAsync(site.Browser, "Ada", "Good morning");
        var greeting = (await GreetingsAsync(site))[0].Id;

        var visitor = await site.Browser.DeleteAsync($"/hello/greetings/{greeting}");
        Assert.Equal((HttpStatusCode.Unauthorized, "not-signed-in"), (visitor.StatusCode, await SaidAsync(visitor, "code")));

        var ann = await site.PersonAsync("Ann");
        await site.Browser.PostAsJsonAsync("/test/sign-in", new { Person = ann });
        var reader = await site.Browser.DeleteAsync($"/hello/greetings/{greeting}");
        Assert.Equal(HttpStatusCode.Forbidden, reader.StatusCode);
        Assert.Equal("\"Take a greeting out of the guest book\" comes with a role, and this person has none.", await SaidAsync(reader, "detail"));
        Assert.Single(await GreetingsAsync(site));

        await site.RunAsync(async services =>
        {
            var roles = services.GetRequiredService<Roles>();
            var moderator = await roles.AddAsync("Moderator", "Keeps the guest book tidy", [HelloFeature.Permissions.Moderate], default);
            await roles.AssignAsync(ann, moderator!.Value, Scope.Tenant, default);
        });
        Assert.Equal(HttpStatusCode.NoContent, (await site.Browser.DeleteAsync($"/hello/greetings/{greeting}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.DeleteAsync($"/hello/greetings/{greeting}")).StatusCode);

        Assert.Empty(await GreetingsAsync(site));
        var trail = await site.RunAsync(services => services.GetRequiredService<Audit>().PageAsync(new() { Act = "greeting-removed" }, null, 10, default));
        var entry = Assert.Single(trail);
        Assert.Equal((ann, greeting), (entry.PersonId, entry.SubjectId));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Old_greetings_are_tidied_away_and_new_ones_stay(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        await LeaveAsync(site.Browser, "Ada", "Today");
        await site.RunAsync(services => services.GetRequiredService<GuestBook>().AddAsync(
            new(Guid.CreateVersion7(), "Bob", "Long ago", DateTimeOffset.UtcNow.AddDays(-366)), null, default));

        var job = await site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(TidyGuestBook.Name));

        await UntilAsync(async () => (await site.RunAsync(services => services.GetRequiredService<Jobs>().FindAsync(job)))!.State == JobState.Done);
        Assert.Equal(["Today"], (await GreetingsAsync(site)).Select(greeting => greeting.Text));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Switched_off_it_is_gone_and_switched_on_again_the_greetings_are_back(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        await LeaveAsync(site.Browser, "Ada", "Good morning");

        await site.DisableAsync("Hello");
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/hello")).StatusCode);
        Assert.DoesNotContain("Guest book", await site.Browser.GetStringAsync("/"));

        await site.EnableAsync("Hello");
        Assert.Contains("Good morning", await site.Browser.GetStringAsync("/hello"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_site_speaks_its_own_language(string database)
    {
        var host = await TestHost.SharedAsync(database);
        var name = $"t{Guid.NewGuid().ToString("N")[..12]}";
        await host.Services.GetRequiredService<CreateTenant>().RunAsync(
            new(name, "Testseite") { Hosts = [$"{name}.localhost"], Features = ["Hello"], Culture = "de" }, default);
        using var browser = host.Browser($"{name}.localhost");

        var page = WebUtility.HtmlDecode(await browser.GetStringAsync("/hello"));
        var refused = WebUtility.HtmlDecode(await (await LeaveAsync(browser, "", "")).Content.ReadAsStringAsync());

        Assert.Contains("<html lang=\"de\" dir=\"ltr\"", page);
        Assert.Contains("Noch hat niemand gegrüßt", page);
        Assert.Contains("Ihr Name", page);
        Assert.Contains("Schreiben Sie einen Gruß; ein Wort genügt.", refused);
    }

    private static async Task<HttpResponseMessage> LeaveAsync(HttpClient browser, string name, string text) =>
        await browser.PostAsync("/hello", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["Input.Name"] = name,
            ["Input.Text"] = text,
            ["__RequestVerificationToken"] = Token().Match(await browser.GetStringAsync("/hello")).Groups[1].Value,
        }));

    private static async Task<Greeting[]> GreetingsAsync(TestSite site) => (await site.Browser.GetFromJsonAsync<Greeting[]>("/hello/greetings"))!;

    private static async Task<string?> SaidAsync(HttpResponseMessage answer, string property) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty(property).GetString();

    // Facts and jobs are the host's own doing, on the wall's clock.
    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await done())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10), "It did not happen within ten seconds.");
            await Task.Delay(20);
        }
    }

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
