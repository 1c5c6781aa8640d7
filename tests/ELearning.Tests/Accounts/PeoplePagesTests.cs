using System.Net;
using System.Text.RegularExpressions;
using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed partial class PeoplePagesTests
{
    private const string Page = "/manage/people";

    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    public static TheoryData<string, string> Sorts
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var database in new[] { "Sqlite", "Postgres" })
                foreach (var sort in new[] { "Name", "Joined", "Seen" }) data.Add(database, sort);
            return data;
        }
    }

    [Theory, MemberData(nameof(Sorts))]
    public async Task Every_order_shows_each_person_once_though_many_are_equal_and_costs_few_statements(string database, string sort)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        var all = new List<Guid>();
        await desk.Site.RunAsync(services => services.GetRequiredService<Db>().TransactAsync(async () =>
        {
            for (var i = 0; i < 130; i++)
            {
                all.Add(Guid.CreateVersion7());
                await services.GetRequiredService<People>().AddAsync(all[i], i % 2 == 0 ? "Same Name" : $"Person {i}", default);
            }
            await services.GetRequiredService<Db>().ExecuteAsync($"UPDATE people SET seen_at = {DateTimeOffset.UtcNow.AddDays(-2)} WHERE sort_name = 'same name'");
        }));

        foreach (var filter in new[] { "", "&q=same", "&q=pers&state=Active" })
        {
            var (seen, next) = (new List<Guid>(), $"{Page}?sort={sort}{filter}");
            while (next is not null)
            {
                using var answer = await admin.GetAsync(next);
                var text = await Desk.TextAsync(answer);
                Assert.True(TestSite.Statements(answer) <= 8, $"{TestSite.Statements(answer)} statements");
                seen.AddRange(Links().Matches(text).Select(match => Guid.Parse(match.Groups[1].Value)));
                next = Next().Match(text) is { Success: true } link ? link.Groups[1].Value : null;
            }
            Assert.Equal(seen.Count, seen.Distinct().Count());
            Assert.Equal(filter == "" ? 131 : 65, seen.Count);
            if (sort == "Joined") Assert.Equal(seen.OrderByDescending(id => id.ToString()), seen);
        }
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task People_are_found_by_any_word_of_their_name_and_by_address_and_filtered(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        var jose = await desk.PersonAsync("José Müller-Straße", ELearning.Roles.Author);
        var ann = await desk.PersonAsync("Ann Archer");
        await desk.Site.RunAsync(services => services.GetRequiredService<Credentials>().AddAsync(new(ann, "Wunder@Example.org"), default));

        foreach (var (query, found) in new[] { ("q=jose", jose), ("q=MULLER", jose), ("q=strass+jos", jose), ("q=wunder", ann), ("q=ann+archer", ann), ($"role={ELearning.Roles.Author}", jose) })
            Assert.Equal([found], Links().Matches(await Desk.TextAsync(admin, $"{Page}?{query}")).Select(match => Guid.Parse(match.Groups[1].Value)));
        Assert.Contains("Nobody fits", await Desk.TextAsync(admin, $"{Page}?q=jose+archer"));
        Assert.Contains("Nobody fits", await Desk.TextAsync(admin, $"{Page}?q=jose&state=Suspended"));
        Assert.Contains("3 people", await Desk.TextAsync(admin, Page));
        Assert.Contains("Nobody fits", await Desk.TextAsync(admin, $"{Page}?q=%22%27%3B--"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_suspended_person_is_out_with_the_next_request_and_comes_back(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        var ann = await desk.PersonAsync("Ann");
        var browser = await desk.BrowserOfAsync(ann);
        Assert.Contains("\"person\":\"", await browser.GetStringAsync("/test/who"));
        var page = $"{Page}/{ann}";

        var unsaid = await Desk.PostAsync(admin, page, [], $"{page}?handler=Suspend");
        Assert.Contains("Say why.", await Desk.TextAsync(unsaid));
        var done = await Desk.PostAsync(admin, page, [("reason", "Sold the answers")], $"{page}?handler=Suspend");
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);

        Assert.DoesNotContain("\"person\":\"", await browser.GetStringAsync("/test/who"));
        Assert.Contains("Sold the answers", await Desk.TextAsync(admin, page));
        Assert.Contains(ann.ToString(), await Desk.TextAsync(admin, $"{Page}?state=Suspended"));

        await Desk.PostAsync(admin, page, [], $"{page}?handler=Resume");
        Assert.Contains("\"person\":\"", await (await desk.BrowserOfAsync(ann)).GetStringAsync("/test/who"));
        await Desk.PostAsync(admin, page, [], $"{page}?handler=Trash");
        Assert.DoesNotContain(ann.ToString(), await Desk.TextAsync(admin, Page));
        Assert.Contains(ann.ToString(), await Desk.TextAsync(admin, $"{Page}?state=Trash"));
        await Desk.PostAsync(admin, page, [], $"{page}?handler=Restore");
        Assert.Contains(ann.ToString(), await Desk.TextAsync(admin, Page));
        Assert.Equal(["person-suspended", "person-resumed", "person-trashed", "person-restored"], (await desk.ActsAsync()).Where(act => act.StartsWith("person-", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_last_administrator_stays_and_nobody_reaches_upwards(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var olga = await desk.PersonAsync("Olga", ELearning.Roles.Administrator);
        var admin = await desk.BrowserOfAsync(olga);
        var keeper = await desk.PersonAsync("Kim", await desk.RoleAsync("Keeper", PeoplePermissions.Read, PeoplePermissions.Manage, ELearning.Roles.ManagePermission));
        var browser = await desk.BrowserOfAsync(keeper);
        var page = $"{Page}/{olga}";

        Assert.Contains("This person may do more than you may", await Desk.TextAsync(await Desk.PostAsync(browser, page, [("reason", "mine now")], $"{page}?handler=Suspend")));
        Assert.Contains("You can give only what you may do yourself", await Desk.TextAsync(
            await Desk.PostAsync(browser, page, [("role", ELearning.Roles.Administrator.ToString())], $"{Page}/{keeper}?handler=Give")));
        Assert.Contains("You cannot do this to yourself.", await Desk.TextAsync(await Desk.PostAsync(admin, page, [], $"{page}?handler=Trash")));
        Assert.Contains("The last administrator stays", await Desk.TextAsync(await Desk.PostAsync(
            admin, page, [("role", ELearning.Roles.Administrator.ToString()), ("kind", "tenant"), ("thing", Guid.Empty.ToString())], $"{page}?handler=Take")));
        Assert.True((await desk.DecideAsync(olga, ELearning.Roles.ManagePermission)).Allowed);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_role_is_given_for_the_site_or_for_one_thing_and_taken_back_at_once(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "SecurityLibrary");
        var admin = await desk.AdministratorAsync();
        var ann = await desk.PersonAsync("Ann");
        var tidier = await desk.RoleAsync("Tidier", Security.LibraryFeature.Tidy);
        var (room, page) = (Guid.CreateVersion7(), $"{Page}/{ann}");

        await Desk.PostAsync(admin, page, [("role", tidier.ToString()), ("kind", "room"), ("thing", room.ToString())], $"{page}?handler=Give");

        Assert.True((await desk.DecideAsync(ann, Security.LibraryFeature.Tidy, new("room", room))).Allowed);
        Assert.False((await desk.DecideAsync(ann, Security.LibraryFeature.Tidy)).Allowed);
        using var shown = await admin.GetAsync(page);
        var text = await Desk.TextAsync(shown);
        Assert.Contains($"for room {room}", text);
        Assert.Contains($"/manage/people/why?person={ann}&permission={Security.LibraryFeature.Tidy}", text);
        Assert.True(TestSite.Statements(shown) <= 8, $"{TestSite.Statements(shown)} statements");

        await Desk.PostAsync(admin, page, [("role", tidier.ToString()), ("kind", "room"), ("thing", room.ToString())], $"{page}?handler=Take");
        Assert.False((await desk.DecideAsync(ann, Security.LibraryFeature.Tidy, new("room", room))).Allowed);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Several_are_suspended_after_their_number_was_shown(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var olga = await desk.PersonAsync("Olga", ELearning.Roles.Administrator);
        var admin = await desk.BrowserOfAsync(olga);
        var (ann, bob) = (await desk.PersonAsync("Ann"), await desk.PersonAsync("Bob"));
        await desk.BrowserOfAsync(bob);
        (string, string)[] chosen = [("act", "Suspend"), .. new[] { olga, ann, bob }.Select(id => ("ids", id.ToString()))];

        var shown = await Desk.TextAsync(await Desk.PostAsync(admin, Page, chosen, $"{Page}/bulk"));
        Assert.Contains("<b>2</b> <span>people can no longer sign in", shown);
        Assert.Contains("<b>1</b> <span>sessions end at once", shown);
        Assert.Contains("stay as they are: Olga", shown);
        Assert.Equal(["active", "active", "active"], await desk.Site.QueryAsync<string>($"SELECT state FROM people"));

        var done = await Desk.PostAsync(admin, Page, [.. chosen, ("isConfirmed", "true"), ("reason", "Term is over")], $"{Page}/bulk");
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        Assert.Contains("Done for 2 people.", await Desk.TextAsync(admin, Page));
        Assert.Equal(["active", "suspended", "suspended"], (await desk.Site.QueryAsync<string>($"SELECT state FROM people")).Order());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Only_who_may_see_people_sees_them_and_only_who_may_change_them_does(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var ann = await desk.PersonAsync("Ann");
        var reader = await desk.BrowserOfAsync(await desk.PersonAsync("Rita", ELearning.Roles.Manager));
        var stranger = await desk.BrowserOfAsync(await desk.PersonAsync("Stranger"));

        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync(Page)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync($"{Page}/{ann}")).StatusCode);
        Assert.DoesNotContain("handler=Suspend", await Desk.TextAsync(reader, $"{Page}/{ann}"));
        Assert.Equal(HttpStatusCode.NotFound, (await reader.GetAsync($"{Page}/{Guid.NewGuid()}")).StatusCode);
        await Desk.PostAsync(reader, Page, [("reason", "no")], $"{Page}/{ann}?handler=Suspend");
        Assert.DoesNotContain("suspended", await desk.Site.QueryAsync<string>($"SELECT state FROM people"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_search_box_finds_people_for_whoever_may_see_them(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var ann = await desk.PersonAsync("Ann Archer");

        Assert.Contains($"/manage/people/{ann}", await Desk.TextAsync(await desk.AdministratorAsync(), "/search?q=arch"));
        Assert.DoesNotContain($"/manage/people/{ann}", await Desk.TextAsync(await desk.BrowserOfAsync(ann), "/search?q=arch"));
    }

    [GeneratedRegex("<a href=\"/manage/people/([0-9a-f-]{36})\"")]
    private static partial Regex Links();

    [GeneratedRegex("rel=\"next\" href=\"([^\"]+)\"")]
    private static partial Regex Next();
}
