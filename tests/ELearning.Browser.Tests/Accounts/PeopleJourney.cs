using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.Accounts;

[Collection(nameof(Chromium))]
public sealed class PeopleJourney(Chromium chromium)
{
    private const string ActAs = "people.act-as";

    [Fact]
    public async Task A_role_change_shows_its_effect_and_counts_with_the_next_click()
    {
        var site = await SiteAsync();
        var helper = await RoleAsync(site, "Helper");
        await using var admin = await SignedInAsync(site, await PersonAsync(site, "Olga Admin", Roles.Administrator));
        await using var ann = await SignedInAsync(site, await PersonAsync(site, "Ann Helper", helper));
        await ann.OpenAsync("/manage/reports/audit");
        Assert.DoesNotContain("/manage/reports/audit", await LinksAsync(ann));

        await admin.OpenAsync("/manage/people/roles");
        await admin.CheckAsync("roles");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Helper" }).ClickAsync();
        await admin.Page.GetByLabel("Find a permission").FillAsync("trail");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).ClickAsync();
        await admin.Page.GetByLabel("Read the audit trail").CheckAsync();
        await admin.CheckAsync("role");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Save this role" }).ClickAsync();
        await Expect(admin.Page.GetByText("people gain: Read the audit trail")).ToBeVisibleAsync();
        await admin.CheckAsync("role-effect");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Change it for 1 people" }).ClickAsync();
        await Expect(admin.Page.GetByText("The role is saved, and in force.")).ToBeVisibleAsync();

        await ann.OpenAsync("/manage/reports/audit");
        await Expect(ann.Page.GetByRole(AriaRole.Heading, new() { Name = "Audit" })).ToBeVisibleAsync();
        await Expect(ann.Page.GetByRole(AriaRole.Cell, new() { Name = "Role changed" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Somebody_acts_for_another_person_under_a_banner_and_comes_back()
    {
        var site = await SiteAsync();
        await using var admin = await SignedInAsync(site, await PersonAsync(site, "Olga Admin", Roles.Administrator, await RoleAsync(site, "Helping", ActAs)));
        await PersonAsync(site, "Ann Learner", Roles.Manager);

        await admin.OpenAsync("/manage/people?q=ann");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Ann Learner" }).ClickAsync();
        await admin.CheckAsync("person");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Act as this person" }).ClickAsync();
        await admin.OpenAsync("/manage/people");
        var banner = admin.Page.GetByRole(AriaRole.Complementary, new() { Name = "Acting for somebody" });
        await Expect(banner).ToContainTextAsync("You act for Ann Learner.");
        await admin.CheckAsync("acting");

        await banner.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(banner).ToHaveCountAsync(0);
        await Expect(admin.Page.GetByText("Stopped acting for a person")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Somebody_is_invited_and_comes_by_the_link_in_the_letter()
    {
        var site = await SiteAsync();
        await using var admin = await SignedInAsync(site, await PersonAsync(site, "Olga Admin", Roles.Administrator));
        await admin.OpenAsync("/manage/people/invite");
        await admin.Page.GetByLabel("Mail addresses").FillAsync("Grace Hopper <grace@example.org>");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Send the invitations" }).ClickAsync();
        await Expect(admin.Page.GetByText("1 invitation is on its way.")).ToBeVisibleAsync();
        await admin.CheckAsync("invited");

        await admin.OpenAsync("/manage/settings/mail");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Olga Admin invites you to Evening School" }).ClickAsync();
        var link = await admin.Page.GetByRole(AriaRole.Region, new() { Name = "As plain text" }).GetByRole(AriaRole.Link).First.GetAttributeAsync("href");
        await using var grace = await chromium.VisitAsync(site, new View(360));
        await grace.OpenAsync(link!);
        await grace.Page.GetByLabel("Password").FillAsync("a quiet harbour at dawn");
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Accept the invitation" }).ClickAsync();
        await Expect(grace.Page.GetByLabel("Password")).ToHaveCountAsync(0);
        await grace.OpenAsync("/home");
        await Expect(grace.Page.GetByRole(AriaRole.Heading, new() { Name = "Grace Hopper" })).ToBeVisibleAsync();
        await grace.CheckAsync("home");

        await admin.OpenAsync("/manage/people/invite");
        await Expect(admin.Page.GetByText("Everybody who was invited has answered.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_trail_is_verified_and_says_so()
    {
        var site = await SiteAsync();
        await using var admin = await SignedInAsync(site, await PersonAsync(site, "Olga Admin", Roles.Administrator));
        await RunAsync(site, services => services.GetRequiredService<AuditChain>().SealAsync(default));

        await admin.OpenAsync("/manage/reports/audit");
        await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Verify the chain" }).ClickAsync();
        await Expect(admin.Page.GetByText("The trail is whole")).ToBeVisibleAsync();
        await admin.CheckAsync("audit");
    }

    [Fact]
    public async Task Every_page_is_right_in_every_view()
    {
        var site = await SiteAsync();
        var olga = await PersonAsync(site, "Olga Admin", Roles.Administrator);
        var ann = await PersonAsync(site, "Ann Learner", Roles.Learner);
        for (var i = 0; i < 12; i++) await PersonAsync(site, $"Person Number {i}", Roles.Learner);
        foreach (var view in View.All)
        {
            await using var admin = await SignedInAsync(site, olga, view);
            foreach (var (path, name) in new[]
            {
                ("/manage", "dashboard"), ("/manage/people", "people"), ($"/manage/people/{ann}", "person"), ("/manage/people/invite", "invite"), ("/manage/people/new", "add-person"),
                ("/manage/people/roles", "roles"), ($"/manage/people/roles/{Roles.Instructor}", "role"), ("/manage/people/roles/new", "add-role"),
                ($"/manage/people/why?person={ann}&permission=roles.manage", "why"), ("/manage/reports/audit", "audit"),
            })
            {
                await admin.OpenAsync(path);
                await admin.CheckAsync(name);
            }
            await admin.OpenAsync("/manage/people?q=number");
            foreach (var box in (await admin.Page.GetByRole(AriaRole.Checkbox).AllAsync()).Take(3)) await box.CheckAsync();
            await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Suspend…" }).ClickAsync();
            await Expect(admin.Page.GetByText("people can no longer sign in")).ToBeVisibleAsync();
            await admin.CheckAsync("suspend-people");
        }
    }

    private Task<string> SiteAsync() => chromium.SiteAsync(["Accounts", "TestAccounts"]);

    private async Task<Visitor> SignedInAsync(string site, Guid person, View? view = null)
    {
        var visitor = await chromium.VisitAsync(site, view);
        // From within the browser: only there *.localhost is known.
        await visitor.OpenAsync("/");
        var status = await visitor.Page.EvaluateAsync<int>(
            "person => fetch('/test/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ person }) }).then(answer => answer.status)", person.ToString());
        Assert.Equal(204, status);
        return visitor;
    }

    private Task<Guid> PersonAsync(string site, string name, params Guid[] roles) => RunAsync(site, async services =>
    {
        var id = Guid.CreateVersion7();
        await services.GetRequiredService<People>().AddAsync(id, name, default);
        foreach (var role in roles) await services.GetRequiredService<Roles>().AssignAsync(id, role, Scope.Tenant, default);
        return id;
    });

    private Task<Guid> RoleAsync(string site, string name, params string[] permissions) =>
        RunAsync(site, async services => (await services.GetRequiredService<Roles>().AddAsync(name, "", permissions, default))!.Value);

    private async Task<T> RunAsync<T>(string site, Func<IServiceProvider, Task<T>> work)
    {
        await using var lease = await chromium.Host.Shells.LeaseAsync(site[..site.IndexOf('.', StringComparison.Ordinal)], default);
        await using var scope = lease.OpenScope();
        return await work(scope.Services);
    }

    private static async Task<string> LinksAsync(Visitor visitor) => string.Join(' ', await visitor.Page.Locator("nav a").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))"));
}
