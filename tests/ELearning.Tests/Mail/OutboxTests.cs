using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Mail;

public sealed partial class OutboxTests
{
    private static readonly LetterKind Secret = new(typeof(MailFeature), "trial", hasOneTimeLink: true);

    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Letters_are_listed_newest_first_by_pages(string database)
    {
        await using var site = await SiteAsync(database);
        Assert.Contains("No letters yet", await site.Browser.GetStringAsync("/manage/settings/mail"));
        var letters = Enumerable.Range(1, 120).Select(i => PostTests.To($"p{i:000}@example.org")).ToList();
        foreach (var part in letters.Chunk(40)) await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(part, default));

        var answer = await site.Browser.GetAsync("/manage/settings/mail");
        Assert.InRange(TestSite.Statements(answer), 1, 8);
        var first = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        var second = WebUtility.HtmlDecode(await site.Browser.GetStringAsync(Next().Match(first).Groups[1].Value));
        var third = WebUtility.HtmlDecode(await site.Browser.GetStringAsync(Next().Match(second).Groups[1].Value));
        var back = WebUtility.HtmlDecode(await site.Browser.GetStringAsync(Previous().Match(third).Groups[1].Value));

        Assert.Equal((50, 50, 20), (Shown(first).Count, Shown(second).Count, Shown(third).Count));
        Assert.Equal(120, Shown(first).Concat(Shown(second)).Concat(Shown(third)).Distinct().Count());
        Assert.Equal(Shown(second), Shown(back));
        Assert.DoesNotContain("Newer letters", first);
        Assert.DoesNotContain("Older letters", third);
        Assert.Equal(["p007@example.org"], Shown(await site.Browser.GetStringAsync("/manage/settings/mail?to=P007&state=Kept")));
        Assert.Contains("No letter fits", await site.Browser.GetStringAsync("/manage/settings/mail?to=p007&state=Sent"));
        Assert.Contains("p120@example.org", await site.Browser.GetStringAsync("/manage/settings/mail?state=nonsense&before=x"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_letter_shows_both_its_parts_and_runs_nothing(string database)
    {
        await using var site = await SiteAsync(database);
        var id = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(PostTests.To("ada@example.org") with { Values = new { name = "<script>alert(1)</script>" } }, default));

        var page = await site.Browser.GetStringAsync($"/manage/settings/mail/{id}");
        var html = await site.Browser.GetAsync($"/manage/settings/mail/{id}/html");

        Assert.Contains($"href=\"http://{site.Name}.localhost", page);
        Assert.DoesNotContain("<script>alert", page);
        Assert.DoesNotContain("<script>", await html.Content.ReadAsStringAsync());
        var policy = html.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("sandbox", policy);
        Assert.Contains("frame-ancestors 'self'", policy);
        Assert.DoesNotContain("script-src", policy);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync($"/manage/settings/mail/{Guid.CreateVersion7()}")).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_link_that_works_once_is_shown_to_nobody_else(string database)
    {
        await using var site = await SiteAsync(database);
        var id = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(PostTests.To("ada@example.org") with { Kind = Secret, Values = new { name = "secret-words" } }, default));

        var page = await site.Browser.GetStringAsync($"/manage/settings/mail/{id}");

        Assert.Contains("Only its addressee reads it", page);
        Assert.DoesNotContain("secret-words", page);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync($"/manage/settings/mail/{id}/html")).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_failed_letter_says_why_and_goes_once_more(string database)
    {
        await using var server = await MailCounterpart.StartAsync(answers: [("RCPT", 550)]);
        await using var site = await SendLettersTests.SetUpAsync(database, server, ("UserName", ""));
        await SignInAsync(site);
        var id = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(PostTests.To("ada@example.org"), default));
        string page;
        while (!(page = await site.Browser.GetStringAsync($"/manage/settings/mail/{id}")).Contains("Failed", StringComparison.Ordinal)) await Task.Delay(50);
        Assert.Contains("550 Somebody wanted this RCPT refused", page);

        var answer = await site.Browser.PostAsync($"/manage/settings/mail/{id}/again", new FormUrlEncodedContent([new("__RequestVerificationToken", Token().Match(page).Groups[1].Value)]));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("ada@example.org", (await server.NextAsync()).GetProperty("to")[0].GetString());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_server_is_set_up_and_tried_on_its_page(string database)
    {
        await using var server = await MailCounterpart.StartAsync(asksForName: true);
        await using var site = await SiteAsync(database);
        var form = new Dictionary<string, string>
        {
            ["Input.Host"] = "127.0.0.1",
            ["Input.Port"] = $"{server.Port}",
            ["Input.Protection"] = "StartTls",
            ["Input.UserName"] = MailCounterpart.User,
            ["Input.Password"] = MailCounterpart.Password,
            ["Input.Fingerprint"] = server.Fingerprint,
            ["Input.FromAddress"] = "nobody",
            ["Input.DaysKept"] = "30",
        };
        Assert.Contains("Write the address that letters come from", await SaidAsync(await PostAsync(site, "", form)));

        form["Input.FromAddress"] = "no-reply@school.example";
        Assert.Equal(HttpStatusCode.Redirect, (await PostAsync(site, "", form)).StatusCode);
        var page = await site.Browser.GetStringAsync("/manage/settings/mail/server");
        Assert.Contains("no-reply@school.example", page);
        Assert.DoesNotContain(MailCounterpart.Password, WebUtility.HtmlDecode(page));

        Assert.Contains("The server took the letter to ada@example.org", await SaidAsync(await PostAsync(site, "?handler=Trial", new() { ["TrialTo"] = "ada@example.org" })));
        Assert.True((await server.NextAsync()).GetProperty("secure").GetBoolean());

        // The password stays while all that it was given for stays, and goes when the server becomes another.
        form["Input.Password"] = "";
        form["Input.FromName"] = "The school";
        await PostAsync(site, "", form);
        Assert.Contains("The server took the letter", await SaidAsync(await PostAsync(site, "?handler=Trial", new() { ["TrialTo"] = "ada@example.org" })));
        form["Input.Host"] = "localhost";
        await PostAsync(site, "", form);
        Assert.Contains("It will be kept sealed", await site.Browser.GetStringAsync("/manage/settings/mail/server"));
    }

    [Fact]
    public async Task Whoever_may_read_letters_may_not_set_up_the_server()
    {
        await using var site = await TestSite.StartAsync("Sqlite", "Mail", "TestAccounts");
        var reader = await site.PersonAsync("Rita");
        await site.RunAsync(async services =>
        {
            var roles = services.GetRequiredService<Roles>();
            await roles.AssignAsync(reader, (await roles.AddAsync("Reader", "Reads letters", [MailFeature.Permissions.Read], default))!.Value, Scope.Tenant, default);
        });
        await site.Browser.PostAsJsonAsync("/test/sign-in", new { Person = reader });

        Assert.DoesNotContain("Set up a mail server", await site.Browser.GetStringAsync("/manage/settings/mail"));
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Browser.GetAsync("/manage/settings/mail/server")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Browser.GetAsync($"/manage/settings/mail/{Guid.CreateVersion7()}/again")).StatusCode);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Old_letters_are_removed(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Mail");
        var ids = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync([PostTests.To("old@example.org"), PostTests.To("new@example.org")], default));
        await site.QueryAsync<Guid>($"UPDATE letters SET created_at = {DateTimeOffset.UtcNow.AddDays(-31)} WHERE id = {ids[0]} RETURNING id");

        var job = await site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(SweepLetters.Name));

        while ((await site.RunAsync(services => services.GetRequiredService<Jobs>().FindAsync(job)))!.State != JobState.Done) await Task.Delay(50);
        Assert.Equal(["new@example.org"], await site.QueryAsync<string>($"SELECT to_address FROM letters"));
    }

    private static async Task<TestSite> SiteAsync(string database)
    {
        var site = await TestSite.StartAsync(database, "Mail", "TestAccounts");
        await SignInAsync(site);
        return site;
    }

    private static async Task SignInAsync(TestSite site)
    {
        var ann = await site.PersonAsync("Ann");
        await site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Administrator, Scope.Tenant, default));
        await site.Browser.PostAsJsonAsync("/test/sign-in", new { Person = ann });
    }

    private static async Task<HttpResponseMessage> PostAsync(TestSite site, string query, Dictionary<string, string> form)
    {
        var page = await site.Browser.GetStringAsync("/manage/settings/mail/server");
        return await site.Browser.PostAsync($"/manage/settings/mail/server{query}", new FormUrlEncodedContent(
            form.Append(new("__RequestVerificationToken", Token().Match(page).Groups[1].Value))));
    }

    private static async Task<string> SaidAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

    private static List<string> Shown(string page) => [.. To().Matches(page).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("class=\"address\" dir=\"ltr\">([^<]+)<")]
    private static partial Regex To();

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex Next();

    [GeneratedRegex("rel=\"prev\" href=\"([^\"]+)\"")]
    private static partial Regex Previous();

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
