using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed partial class InvitePagesTests
{
    private const string Page = "/manage/people/invite";

    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Several_are_invited_at_once_and_what_was_not_understood_stays_to_be_corrected(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        await desk.Site.RunAsync(async services => await services.GetRequiredService<Credentials>().AddAsync(new(await desk.PersonAsync("Here Already"), "here@example.org"), default));

        var answer = await Desk.TextAsync(await InviteAsync(admin, "ada@example.org\nGrace Hopper <grace@example.org>\nnonsense\nHERE@example.org", ELearning.Roles.Author));

        Assert.Contains("2 invitations are on their way.", answer);
        Assert.Contains("nonsense: This is no mail address.", answer);
        Assert.Contains("HERE@example.org: Somebody here has this address already.", answer);
        Assert.Contains("nonsense\nHERE@example.org</textarea>", answer.ReplaceLineEndings("\n"));
        Assert.Equal(["Grace Hopper", "ada"], await desk.Site.QueryAsync<string>($"SELECT display_name FROM people WHERE state = 'invited' ORDER BY display_name"));
        Assert.Equal(["ada@example.org", "grace@example.org"], await LettersAsync(desk));
        Assert.Equal(2, (await desk.Site.QueryAsync<Guid>($"SELECT person_id FROM role_assignments WHERE role_id = {ELearning.Roles.Author}")).Count);
        Assert.Equal(2, (await desk.ActsAsync()).Count(act => act == "person-invited"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task An_invitation_is_sent_again_and_withdrawn_and_old_links_lead_nowhere(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        await InviteAsync(admin, "ada@example.org", null);
        var ada = Assert.Single(await desk.Site.QueryAsync<Guid>($"SELECT id FROM people WHERE state = 'invited'"));
        var first = await TokenOfLastLetterAsync(desk);

        await Desk.PostAsync(admin, Page, [("person", ada.ToString())], $"{Page}?handler=Again");
        var second = await TokenOfLastLetterAsync(desk);
        Assert.NotEqual(first, second);
        Assert.False(await IsGoodAsync(desk, first));
        Assert.True(await IsGoodAsync(desk, second));

        await Desk.PostAsync(admin, Page, [("person", ada.ToString())], $"{Page}?handler=Withdraw");
        Assert.False(await IsGoodAsync(desk, second));
        Assert.Contains("Everybody who was invited has answered.", await Desk.TextAsync(admin, Page));

        // Invited once more, they are fetched out of the trash.
        Assert.Equal(HttpStatusCode.Redirect, (await InviteAsync(admin, "ADA@example.org", null)).StatusCode);
        Assert.Contains($"/manage/people/{ada}", await Desk.TextAsync(admin, Page));
        Assert.True(await IsGoodAsync(desk, await TokenOfLastLetterAsync(desk)));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Nobody_is_invited_into_a_role_that_allows_more_than_the_one_who_invites(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var browser = await desk.BrowserOfAsync(await desk.PersonAsync("Kim", await desk.RoleAsync("Keeper", PeoplePermissions.Read, PeoplePermissions.Manage)));

        Assert.Contains("You can give only what you may do yourself, and Administrator allows more.",
            await Desk.TextAsync(await InviteAsync(browser, "ada@example.org", ELearning.Roles.Administrator)));
        Assert.Empty(await LettersAsync(desk));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Somebody_is_added_with_a_password_that_is_shown_once_and_works(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();

        var added = await Desk.PostAsync(admin, "/manage/people/new", [("Input.Name", "Ada Byron"), ("Input.Email", "ada@example.org"), ("Input.Role", ELearning.Roles.Learner.ToString())]);
        Assert.Equal(HttpStatusCode.Redirect, added.StatusCode);
        var page = added.Headers.Location!.ToString();
        var password = Password().Match(await Desk.TextAsync(admin, page)).Groups[1].Value;
        Assert.Equal(14, password.Length);
        Assert.DoesNotContain(password, await Desk.TextAsync(admin, page));

        var hash = Assert.Single(await desk.Site.QueryAsync<string>($"SELECT password_hash FROM accounts WHERE email_key = 'ada@example.org' AND must_change_password = {true}"));
        Assert.NotEqual(Security.PasswordMatch.No, await desk.Site.Host.Services.GetRequiredService<Security.PasswordHashes>().CheckAsync(hash, password, default));
        Assert.DoesNotContain(password, string.Join(' ', await desk.Site.QueryAsync<string>($"SELECT json FROM audit_values")));
        Assert.Contains("Somebody here has this address already.", await Desk.TextAsync(
            await Desk.PostAsync(admin, "/manage/people/new", [("Input.Name", "Ada again"), ("Input.Email", "Ada@example.org")])));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_dashboard_counts_what_its_links_show(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        Assert.Contains("<span class=\"chip \">To do</span> <span>Invite the people of this site", await Desk.TextAsync(admin, "/manage"));
        await InviteAsync(admin, "ada@example.org, bob@example.org", null);
        await desk.PersonAsync("Ann");

        await admin.GetStringAsync("/manage");
        using var answer = await admin.GetAsync("/manage");
        var text = await Desk.TextAsync(answer);

        Assert.True(TestSite.Statements(answer) <= 8, $"{TestSite.Statements(answer)} statements");
        Assert.Contains("<span class=\"chip good\">Done</span> <span>Invite the people of this site", text);
        foreach (var (link, count) in new[] { ("?state=Active", 2), ("?seen=Week&sort=Seen", 1), ("?state=Invited", 2), ("?state=Suspended", 0) })
        {
            Assert.Equal(count, int.Parse(Regex.Match(text, Regex.Escape($"/manage/people{link}\"") + "><span>[^<]+</span><b>([0-9]+)").Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Contains(count switch { 0 => "Nobody fits", 1 => "1 person", _ => $"{count} people" }, await Desk.TextAsync(admin, $"/manage/people{link}"));
        }
    }

    private static Task<HttpResponseMessage> InviteAsync(HttpClient browser, string addresses, Guid? role) =>
        Desk.PostAsync(browser, Page, [("Input.Addresses", addresses), ("Input.Role", role?.ToString() ?? ""), ("Input.Days", "14")]);

    private static Task<List<string>> LettersAsync(Desk desk) => desk.Site.QueryAsync<string>($"SELECT to_address FROM letters ORDER BY to_address");

    private static async Task<string> TokenOfLastLetterAsync(Desk desk) =>
        Link().Match((await desk.Site.QueryAsync<string>($"SELECT text FROM letters ORDER BY id DESC LIMIT 1"))[0]).Groups[1].Value;

    private static Task<bool> IsGoodAsync(Desk desk, string token) => desk.Site.RunAsync(async services =>
        (await services.GetRequiredService<OneTimeTokens>().FindAsync(TokenPurpose.Invite, token, default))!.IsGood(DateTimeOffset.UtcNow));

    [GeneratedRegex("/invite/([A-Za-z0-9_-]+)")]
    private static partial Regex Link();

    [GeneratedRegex("<code>([a-z0-9]+)</code>")]
    private static partial Regex Password();
}
