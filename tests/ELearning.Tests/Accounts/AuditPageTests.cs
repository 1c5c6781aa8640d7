using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ELearning.Data;
using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed partial class AuditPageTests
{
    private const string Page = "/manage/reports/audit";

    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Acts_are_told_in_words_with_who_and_about_whom(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var olga = await desk.PersonAsync("Olga Admin", ELearning.Roles.Administrator);
        var admin = await desk.BrowserOfAsync(olga);
        var ann = await desk.PersonAsync("Ann Learner", ELearning.Roles.Learner);
        await desk.PersonAsync("Bob", ELearning.Roles.Author);
        await WriteAsync(desk, 3, new(ActorKind.Person, olga, "Olga Admin"));

        var all = await Desk.TextAsync(admin, Page);
        Assert.Contains("Role given", all);
        Assert.Contains("thing made", all);
        Assert.Contains("Author", all);

        var about = await Desk.TextAsync(admin, $"{Page}?who=lear");
        Assert.Contains($"/manage/people/{ann}", about);
        Assert.Single(Rows().Matches(about));
        Assert.Equal(4, Rows().Count(await Desk.TextAsync(admin, $"{Page}?person={olga}")));
        Assert.Equal(3, Rows().Count(await Desk.TextAsync(admin, $"{Page}?person={olga}&act=thing-made")));
        Assert.Contains("Nothing was done that fits", await Desk.TextAsync(admin, $"{Page}?until=2001-01-01"));
        Assert.Contains("Nobody here has a name like that.", await Desk.TextAsync(admin, $"{Page}?who=xyz"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Pages_are_complete_when_many_acts_have_one_time_and_cost_few_statements(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        await WriteAsync(desk, 120, Actor.Platform);
        await desk.Site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"UPDATE audit SET at = {DateTimeOffset.UtcNow.AddHours(-1)} WHERE act = 'thing-made'"));

        var (numbers, next) = (new List<string>(), $"{Page}?act=thing-made");
        while (next is not null)
        {
            using var answer = await admin.GetAsync(next);
            var text = await Desk.TextAsync(answer);
            Assert.True(TestSite.Statements(answer) <= 8, $"{TestSite.Statements(answer)} statements");
            numbers.AddRange(Numbers().Matches(text).Select(match => match.Groups[1].Value));
            next = Next().Match(text) is { Success: true } link ? link.Groups[1].Value : null;
        }

        Assert.Equal(Enumerable.Range(0, 120), numbers.Select(number => int.Parse(number, CultureInfo.InvariantCulture)).Order());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_chain_is_verified_in_words_and_says_where_it_breaks(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        await WriteAsync(desk, 5, Actor.Platform);
        await desk.Site.RunAsync(services => services.GetRequiredService<AuditChain>().SealAsync(default));

        Assert.Contains("The trail is whole: all 6 sealed acts are as they were written.", await VerifyAsync(admin));

        await desk.Site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync($"UPDATE audit SET act = 'thing-loved' WHERE sequence = 4"));
        var broken = await VerifyAsync(admin);
        Assert.Contains("The trail has been tampered with. Act 4 has been changed. Everything up to act 3 is as it was sealed.", broken);
        Assert.Equal(2, (await desk.ActsAsync()).Count(act => act == "audit-verified"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task An_export_has_every_row_of_the_filter_and_is_an_act_itself(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        await WriteAsync(desk, 1010, new(ActorKind.Person, Guid.CreateVersion7(), "=HYPERLINK(\"http://evil\")"));

        using var csv = await admin.GetAsync($"{Page}.csv?act=thing-made");
        var lines = (await csv.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(("text/csv", 1011), (csv.Content.Headers.ContentType!.MediaType, lines.Length));
        // A spreadsheet must not run somebody's name.
        Assert.Contains("\"'=HYPERLINK(\"\"http://evil\"\")\"", lines[1]);

        var rows = (await admin.GetStringAsync($"{Page}.ndjson?act=thing-made")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(1010, rows.Select(row => row.GetProperty("id").GetGuid()).Distinct().Count());
        Assert.Equal(2, (await desk.ActsAsync()).Count(act => act == "audit-exported"));
        using var stranger = await (await desk.BrowserOfAsync(await desk.PersonAsync("Stranger"))).GetAsync($"{Page}.csv");
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
    }

    private static async Task<string> VerifyAsync(HttpClient browser)
    {
        var answer = await Desk.PostAsync(browser, Page, [], $"{Page}?handler=Verify");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return await Desk.TextAsync(browser, answer.Headers.Location!.ToString());
    }

    private static Task WriteAsync(Desk desk, int count, Actor by) => desk.Site.RunAsync(services => services.GetRequiredService<Db>().TransactAsync(async () =>
    {
        for (var i = 0; i < count; i++)
            await services.GetRequiredService<Audit>().WriteAsync("thing-made", new("thing", Guid.CreateVersion7()), new { number = i }, default, by: by);
    }));

    [GeneratedRegex("<td data-label=\"When\">")]
    private static partial Regex Rows();

    [GeneratedRegex("<dt>number</dt><dd dir=\"auto\">([0-9]+)</dd>")]
    private static partial Regex Numbers();

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex Next();
}
