using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Accounts;

public sealed class RolesPagesTests
{
    private const string Moderate = Hello.HelloFeature.Permissions.Moderate;

    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_change_shows_whom_it_touches_before_it_is_made_and_is_in_force_at_once(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "Hello");
        var admin = await desk.AdministratorAsync();
        var helper = await desk.RoleAsync("Helper");
        var ann = await desk.PersonAsync("Ann", helper);
        await desk.PersonAsync("Bob", helper);
        // Has it by another role already, so nothing changes for her.
        await desk.PersonAsync("Cleo", helper, await desk.RoleAsync("Moderator", Moderate));

        var asked = await Desk.TextAsync(await SaveAsync(admin, await desk.FindRoleAsync(helper), [Moderate]));

        Assert.Contains("<b>2</b> <span>people gain: Take a greeting out of the guest book", asked);
        Assert.Contains("Change it for 2 people", asked);
        Assert.False((await desk.DecideAsync(ann, Moderate)).Allowed);

        var saved = await SaveAsync(admin, await desk.FindRoleAsync(helper), [Moderate], confirmed: true);
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Contains("The role is saved, and in force.", await Desk.TextAsync(admin, saved.Headers.Location!.ToString()));
        Assert.True((await desk.DecideAsync(ann, Moderate)).Allowed);
        Assert.Contains("role-changed", await desk.ActsAsync());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_a_filter_hides_stays_as_it_is(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "Hello");
        var admin = await desk.AdministratorAsync();
        var helper = await desk.RoleAsync("Helper", Audit.ReadPermission);

        var page = await Desk.TextAsync(admin, $"/manage/people/roles/{helper}?q=GUEST");
        Assert.Contains("Take a greeting out of the guest book", page);
        Assert.DoesNotContain("Read the audit trail", page);
        await SaveAsync(admin, await desk.FindRoleAsync(helper), [Moderate], shown: [Moderate]);

        Assert.Equal([Audit.ReadPermission, Moderate], (await desk.FindRoleAsync(helper)).Permissions.Order());
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Whoever_saves_second_is_told_and_nothing_is_lost(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "Hello");
        var admin = await desk.AdministratorAsync();
        var helper = await desk.RoleAsync("Helper");
        var read = await desk.FindRoleAsync(helper);
        await SaveAsync(admin, read, [Moderate]);

        var second = await SaveAsync(admin, read, [Audit.ReadPermission]);

        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.Contains("Somebody else changed this role meanwhile.", await Desk.TextAsync(second));
        Assert.Equal([Moderate], (await desk.FindRoleAsync(helper)).Permissions);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Nobody_gives_what_they_may_not_do_themselves_and_an_administrator_may_give_all(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "Hello", "SecurityLibrary");
        var keeper = await desk.RoleAsync("Keeper", ELearning.Roles.ManagePermission, Moderate);
        var browser = await desk.BrowserOfAsync(await desk.PersonAsync("Kim", keeper));
        var helper = await desk.RoleAsync("Helper");

        await SaveAsync(browser, await desk.FindRoleAsync(helper), [Moderate]);
        Assert.Equal([Moderate], (await desk.FindRoleAsync(helper)).Permissions);

        var refused = await Desk.TextAsync(await SaveAsync(browser, await desk.FindRoleAsync(helper), [Moderate, Audit.ReadPermission]));
        Assert.Contains("You can give only what you may do yourself, and this is more: Read the audit trail.", refused);
        var copy = await Desk.TextAsync(await Desk.PostAsync(browser, "/manage/people/roles/new", [("Input.Name", "Mine"), ("Copy", ELearning.Roles.Administrator.ToString())]));
        Assert.Contains("You can give only what you may do yourself, and Administrator allows more.", copy);
        var administrator = await desk.FindRoleAsync(ELearning.Roles.Administrator);
        Assert.Contains("only somebody who may do all of it can change it", await Desk.TextAsync(await SaveAsync(browser, administrator, [])));
        Assert.Equal(administrator.Permissions, (await desk.FindRoleAsync(ELearning.Roles.Administrator)).Permissions);

        // Given by hand only, so that not even an administrator has it from the beginning: they must be able to give it.
        var admin = await desk.AdministratorAsync();
        await SaveAsync(admin, await desk.FindRoleAsync(helper), [Security.LibraryFeature.Burn]);
        Assert.Equal([Security.LibraryFeature.Burn], (await desk.FindRoleAsync(helper)).Permissions);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Administrators_keep_the_permission_to_change_roles(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        var role = await desk.FindRoleAsync(ELearning.Roles.Administrator);

        var refused = await Desk.TextAsync(await SaveAsync(admin, role, [.. role.Permissions.Where(id => id != ELearning.Roles.ManagePermission)], confirmed: true));

        Assert.Contains("Administrators keep “Change roles, and who has them”", refused);
        Assert.Equal(role.Permissions, (await desk.FindRoleAsync(role.Id)).Permissions);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_role_is_added_as_a_copy_and_removed_only_when_nobody_has_it(string database)
    {
        await using var desk = await Desk.OpenAsync(database, "Hello");
        var admin = await desk.AdministratorAsync();
        var moderator = await desk.RoleAsync("Moderator", Moderate);

        var added = await Desk.PostAsync(admin, "/manage/people/roles/new", [("Input.Name", "Night moderator"), ("Copy", moderator.ToString())]);
        var id = Guid.Parse(added.Headers.Location!.ToString().Split('/')[^1]);
        Assert.Equal([Moderate], (await desk.FindRoleAsync(id)).Permissions);
        var again = await Desk.PostAsync(admin, "/manage/people/roles/new", [("Input.Name", "night moderator")]);
        Assert.Contains("There is a role of this name already.", await Desk.TextAsync(again));

        await desk.PersonAsync("Ann", id);
        var page = $"/manage/people/roles/{id}";
        Assert.Contains("People still have this role.", await Desk.TextAsync(await Desk.PostAsync(admin, page, [], $"{page}?handler=Remove")));
        Assert.Contains("This role comes with the site and stays.", await Desk.TextAsync(
            await Desk.PostAsync(admin, page, [], $"/manage/people/roles/{ELearning.Roles.Author}?handler=Remove")));

        page = $"/manage/people/roles/{moderator}";
        Assert.Equal(HttpStatusCode.Redirect, (await Desk.PostAsync(admin, page, [], $"{page}?handler=Remove")).StatusCode);
        Assert.DoesNotContain($"/manage/people/roles/{moderator}", await Desk.TextAsync(admin, "/manage/people/roles"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_list_counts_people_and_costs_few_statements(string database)
    {
        await using var desk = await Desk.OpenAsync(database);
        var admin = await desk.AdministratorAsync();
        for (var i = 0; i < 3; i++) await desk.PersonAsync($"Learner {i}", ELearning.Roles.Learner);

        await admin.GetStringAsync("/manage/people/roles");
        using var answer = await admin.GetAsync("/manage/people/roles");

        Assert.Contains($"<a href=\"/manage/people?role={ELearning.Roles.Learner}\">3</a>", await Desk.TextAsync(answer));
        Assert.True(TestSite.Statements(answer) <= 8, $"{TestSite.Statements(answer)} statements");
        using var stranger = await (await desk.BrowserOfAsync(await desk.PersonAsync("Stranger"))).GetAsync("/manage/people/roles");
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
    }

    private static Task<HttpResponseMessage> SaveAsync(HttpClient browser, Role role, string[] ticked, string[]? shown = null, bool confirmed = false) => Desk.PostAsync(
        browser, $"/manage/people/roles/{role.Id}",
        [
            ("Input.Name", role.Name), ("Input.Description", role.Description), ("Input.Revision", $"{role.Revision}"), ("Input.IsConfirmed", $"{confirmed}"),
            .. ticked.Select(id => ("Input.Permissions", id)), .. (shown ?? [.. ticked, .. role.Permissions, Moderate, Audit.ReadPermission]).Distinct().Select(id => ("Input.Shown", id)),
        ]);
}
