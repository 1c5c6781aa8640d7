using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ELearning.Security;
using ELearning.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.Accounts;

[Collection(nameof(Chromium))]
public sealed partial class ArrivalJourney(Chromium chromium)
{
    private const string Password = "correct horse battery";

    [Fact]
    public async Task Somebody_signs_up_and_confirms_through_the_local_outbox()
    {
        await using var site = await OpenSiteAsync();
        await using var admin = await chromium.VisitAsync(HostOf(site));
        await using var grace = await chromium.VisitAsync(HostOf(site));
        await AdministratorAsync(site, admin);

        await grace.OpenAsync("/sign-in");
        await grace.Page.GetByRole(AriaRole.Link, new() { Name = "Create one" }).ClickAsync();
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Send me the link" }).ClickAsync();
        await Expect(grace.Page.GetByRole(AriaRole.Alert)).ToBeFocusedAsync();
        await grace.CheckAsync("sign-up-refused");
        await grace.Page.GetByLabel("Your name").FillAsync("Grace Hopper");
        await grace.Page.GetByLabel("Mail address").FillAsync("grace@example.org");
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Send me the link" }).ClickAsync();
        await Expect(grace.Page.GetByText("We have written to grace@example.org.")).ToBeVisibleAsync();
        await grace.CheckAsync("sign-up-sent");

        await admin.OpenAsync("/manage/settings/mail");
        await admin.Page.GetByRole(AriaRole.Link, new() { Name = "Finish your account at Test site" }).ClickAsync();
        var link = await admin.Page.FrameLocator("iframe").GetByRole(AriaRole.Link, new() { Name = "Choose a password" }).GetAttributeAsync("href");

        await grace.OpenAsync(link!); // the letter has it
        await grace.Page.GetByLabel("New password").FillAsync("password1");
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Create my account" }).ClickAsync();
        await Expect(grace.Page.GetByLabel("New password")).ToHaveAccessibleDescriptionAsync(new Regex("one of the first passwords that are tried"));
        await grace.CheckAsync("sign-up-password");
        await grace.Page.GetByLabel("New password").FillAsync(Password);
        await grace.Page.GetByRole(AriaRole.Button, new() { Name = "Create my account" }).ClickAsync();

        await grace.Page.WaitForURLAsync(url => !url.Contains("sign-up", StringComparison.Ordinal));
        await grace.OpenAsync("/account/security");
        await Expect(grace.Page.GetByText("How you sign in as grace@example.org")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_on_a_phone()
    {
        await using var site = await OpenSiteAsync();
        await AccountAsync(site);
        await using var ada = await chromium.VisitAsync(HostOf(site), new(360, IsDark: true));
        var page = ada.Page;

        await ada.OpenAsync("/sign-in");
        await page.GetByRole(AriaRole.Link, new() { Name = "Forgot the password?" }).ClickAsync();
        await ada.CheckAsync("forgot");
        await page.GetByLabel("Mail address").FillAsync("ada@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send me the link" }).ClickAsync();
        await Expect(page.GetByText("We have written to ada@example.org.")).ToBeVisibleAsync();
        await ada.CheckAsync("forgot-sent");

        var text = (await site.QueryAsync<string>($"SELECT text FROM letters WHERE to_key = {"ada@example.org"} ORDER BY id DESC LIMIT 1")).Single();
        var link = Link().Match(text).Value;
        await ada.OpenAsync(link);
        await ada.CheckAsync("reset");
        await page.GetByLabel("New password").FillAsync("another horse battery");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set this password" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("reset", StringComparison.Ordinal));

        await ada.OpenAsync("/account/security");
        await Expect(page.GetByText("This one")).ToBeVisibleAsync();
        await ada.OpenAsync(link);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "This link is good no more" })).ToBeVisibleAsync();
        await ada.CheckAsync("reset-gone");
    }

    [Fact]
    public async Task An_authenticator_is_set_up_and_asked_for_without_scripts_too()
    {
        await using var site = await OpenSiteAsync();
        await AccountAsync(site);
        await using var ada = await chromium.VisitAsync(HostOf(site), new(360));
        var page = ada.Page;
        await EnterAsync(ada);
        await ada.OpenAsync("/account/security");
        await page.GetByRole(AriaRole.Link, new() { Name = "Set up an authenticator" }).ClickAsync();
        await ada.CheckAsync("authenticator");
        var secret = (await page.Locator(".secretkey").InnerTextAsync()).Replace(" ", "", StringComparison.Ordinal);
        await page.GetByLabel("Code", new() { Exact = true }).FillAsync(CodeOf(secret));
        await page.GetByRole(AriaRole.Button, new() { Name = "Turn it on" }).ClickAsync();
        await Expect(page.Locator(".codes li")).ToHaveCountAsync(10);
        await ada.CheckAsync("recovery-codes");
        var code = await page.Locator(".codes li").First.InnerTextAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have kept them" }).ClickAsync();
        await Expect(page.GetByText("10 recovery codes are left.")).ToBeVisibleAsync();
        await ada.CheckAsync("security-on");

        await using var plain = await chromium.VisitAsync(HostOf(site), View.Desk with { RunsScripts = false });
        await EnterAsync(plain);
        await Expect(plain.Page.GetByRole(AriaRole.Heading, new() { Name = "Your code" })).ToBeVisibleAsync();
        await plain.CheckAsync("code");
        await plain.Page.GetByLabel("Code", new() { Exact = true }).FillAsync("000000");
        await plain.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(plain.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This code does not fit");
        await plain.Page.GetByLabel("Code", new() { Exact = true }).FillAsync(code);
        await plain.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await plain.OpenAsync("/account/security");
        await Expect(plain.Page.GetByText("9 recovery codes are left.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_looks_right_in_every_view()
    {
        await using var site = await OpenSiteAsync();
        await AccountAsync(site);
        foreach (var view in View.All)
        {
            await using var ada = await chromium.VisitAsync(HostOf(site), view);
            await ada.OpenAsync("/sign-in");
            await ada.CheckAsync("sign-in");
            await ada.OpenAsync("/sign-up");
            await ada.CheckAsync("sign-up");
            await EnterAsync(ada, "not the password");
            await Expect(ada.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
            await ada.CheckAsync("sign-in-refused");
            await EnterAsync(ada);
            await ada.OpenAsync("/account/security");
            await ada.CheckAsync("security");
            await ada.OpenAsync("/sign-out");
            await ada.CheckAsync("sign-out");
        }
    }

    private async Task<TestSite> OpenSiteAsync()
    {
        var site = await TestSite.StartAsync(chromium.Host, "Accounts", "TestAccounts");
        await chromium.Host.Services.GetRequiredService<TenantSettings>().ApplyAsync(
            site.Name, new Dictionary<string, JsonObject> { ["accounts"] = new() { ["SignUp"] = "Open" } }, tenant => tenant, "test", default);
        return site;
    }

    private static string HostOf(TestSite site) => $"{site.Name}.localhost";

    private static async Task AccountAsync(TestSite site)
    {
        var ada = await site.PersonAsync("Ada");
        await site.RunAsync(async services =>
        {
            var hash = await services.GetRequiredService<PasswordHashes>().HashAsync(Password, default);
            Assert.True(await services.GetRequiredService<Credentials>().AddAsync(new(ada, "ada@example.org", hash) { IsConfirmed = true }, default));
        });
    }

    private static async Task AdministratorAsync(TestSite site, Visitor visitor)
    {
        var person = await site.PersonAsync("Olga Admin");
        await site.RunAsync(services => services.GetRequiredService<ELearning.Roles>().AssignAsync(person, ELearning.Roles.Administrator, Scope.Tenant, default));
        await visitor.OpenAsync("/sign-in");
        await visitor.Page.EvaluateAsync(
            "person => fetch('/test/sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ person }) })", person);
    }

    private static async Task EnterAsync(Visitor visitor, string password = Password)
    {
        await visitor.OpenAsync("/sign-in");
        await visitor.Page.GetByLabel("Mail address").FillAsync("ada@example.org");
        await visitor.Page.GetByLabel("Password", new() { Exact = true }).FillAsync(password);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    private static string CodeOf(string secret) => Totp.CodeOf(Totp.FromBase32(secret), Totp.StepAt(DateTimeOffset.UtcNow));

    [GeneratedRegex(@"https?://\S+/reset/[A-Za-z0-9_-]+")]
    private static partial Regex Link();
}
