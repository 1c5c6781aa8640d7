using System.Text.RegularExpressions;
using ELearning.Recipes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.Platform;

/// <summary>The site admin: from the first start to a tenant whose menu grows.</summary>
[Collection(nameof(Chromium))]
public sealed class PlatformJourney(Chromium chromium)
{
    [Fact]
    public async Task From_the_first_start_to_a_tenant_that_gains_a_menu_entry()
    {
        await using var visitor = await chromium.VisitAsync("localhost");
        var page = visitor.Page;

        // The first start has printed this; it is good for one sign-in.
        var first = chromium.Host.Services.GetRequiredService<FirstAccounts>().TakeAdministrator()!;
        await visitor.OpenAsync("/");
        await SignInAsync(page, first.Mail, first.Password);
        await ChooseAsync(page, "lantern gravel ochre tide");
        await visitor.OpenAsync("/platform/tenants");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Tenants", Exact = true })).ToBeVisibleAsync();
        await visitor.CheckAsync("platform-tenants");

        // One form, checked while it is filled in.
        await page.GetByRole(AriaRole.Link, new() { Name = "New tenant" }).ClickAsync();
        await page.GetByLabel("Name of the organisation").FillAsync("Harbour Logistics");
        await page.GetByLabel("Short name").FillAsync("Northwind");
        await Expect(page.GetByText("There is a tenant Northwind already")).ToBeVisibleAsync();
        await visitor.CheckAsync("platform-new-tenant-refused");
        await page.GetByLabel("Short name").FillAsync("harbour");
        await Expect(page.GetByText("There is a tenant Northwind already")).Not.ToBeVisibleAsync();
        await page.GetByLabel("Host name").FillAsync("harbour.localhost");
        await page.GetByLabel("Academy").CheckAsync();
        await page.GetByLabel("Administrator's name").FillAsync("Ada Byron");
        await page.GetByLabel("Administrator's mail address").FillAsync("ada@harbour.example");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make this tenant" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Harbour Logistics is ready" })).ToBeVisibleAsync();
        await visitor.CheckAsync("platform-tenant-ready");
        var password = await page.Locator(".password").InnerTextAsync();

        // Whoever was named signs in there.
        await using var admin = await chromium.VisitAsync("harbour.localhost");
        await admin.OpenAsync("/sign-in");
        await SignInAsync(admin.Page, "ada@harbour.example", password);
        await ChooseAsync(admin.Page, "walnut ferry copper noon");
        await admin.OpenAsync("/manage/settings/features");
        await Expect(admin.Page.GetByRole(AriaRole.Heading, new() { Name = "Features", Exact = true })).ToBeVisibleAsync();
        await Expect(admin.Page.GetByText("Only whoever runs the platform switches this").First).ToBeVisibleAsync();
        await admin.CheckAsync("site-features-locked");
        Assert.Equal(404, (await admin.OpenAsync("/hello")).Status);

        // The desk turns the guest book on, and shows before what that does.
        await page.GetByRole(AriaRole.Link, new() { Name = "Choose features" }).ClickAsync();
        await visitor.CheckAsync("platform-tenant-features");
        await page.GetByRole(AriaRole.Link, new() { Name = "Turn on Hello" }).ClickAsync();
        await Expect(page.GetByText("menu entries")).ToBeVisibleAsync();
        await visitor.CheckAsync("platform-feature-effect");
        await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Turn on") }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Turn off Hello" })).ToBeVisibleAsync();

        // There at the next page, menu and all; nobody was signed out.
        Assert.Equal(200, (await admin.OpenAsync("/hello")).Status);
        await Expect(admin.Page.GetByRole(AriaRole.Link, new() { Name = "Community" }).First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_desk_fits_every_screen()
    {
        foreach (var view in View.All)
        {
            await using var visitor = await chromium.VisitAsync("localhost", view);
            await SiteAdminAsync(visitor);
            foreach (var (path, name) in new[]
            {
                ("/platform/tenants", "platform-tenants-list"), ("/platform/tenants/Northwind", "platform-tenant"), ("/platform/new-tenant", "platform-new-tenant"),
                ("/platform/tenants/Northwind/features", "platform-features-of"), ("/platform/tenants/Northwind/features/Hello", "platform-feature"),
                ("/platform/tenants/Northwind/suspend", "platform-suspend"), ("/platform/tenants/Northwind/rename", "platform-rename"), ("/platform/tenants/Northwind/delete", "platform-delete"),
                ("/platform/features", "platform-features"), ("/platform/features/profiles/new", "platform-profile"), ("/platform/recipes", "platform-recipes"),
                ("/platform/recipes/academy", "platform-recipe"), ("/platform/recipes/apply", "platform-apply"), ("/platform/jobs", "platform-jobs"), ("/platform/health", "platform-health"),
            })
            {
                Assert.Equal(200, (await visitor.OpenAsync(path)).Status);
                await visitor.CheckAsync(name);
            }
        }
    }

    // Somebody else than the first one, whose password another journey changes.
    private async Task SiteAdminAsync(Visitor visitor)
    {
        var (mail, password) = ($"{Guid.NewGuid():N}@platform.example", FirstAccounts.NewPassword());
        await using var lease = await chromium.Host.Shells.LeaseAsync(Shells.Tenant.Default, default);
        await using (var scope = lease.OpenScope())
        {
            scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Platform);
            await scope.Services.GetRequiredService<Accounts.AddPerson>().RunAsync(new("Iris Vega", mail) { Roles = [Roles.Administrator], Password = password }, default);
        }
        await visitor.OpenAsync("/sign-in");
        await SignInAsync(visitor.Page, mail, password);
        await Expect(visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" })).Not.ToBeVisibleAsync();
    }

    private static async Task SignInAsync(IPage page, string mail, string password)
    {
        await page.GetByLabel("Mail address").FillAsync(mail);
        await page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    private static async Task ChooseAsync(IPage page, string password)
    {
        await page.GetByLabel("New password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Set this password and sign in" }).ClickAsync();
    }
}
