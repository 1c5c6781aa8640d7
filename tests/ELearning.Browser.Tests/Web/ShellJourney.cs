using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.Web;

/// <summary>The frame around every page, as somebody goes through it.</summary>
[Collection(nameof(Chromium))]
public sealed class ShellJourney(Chromium chromium)
{
    private static readonly string[] Features = ["Hello", "TestAccounts", "TestDesk"];

    [Fact]
    public async Task Somebody_finds_their_way_by_keyboard_search_and_persona()
    {
        var host = await chromium.SiteAsync(Features);
        await using var visitor = await chromium.VisitAsync(host);
        await SignInAsync(visitor, host, Roles.Administrator);
        var page = visitor.Page;
        await visitor.OpenAsync("/hello");

        // Ctrl-K from anywhere, and a slash from where nobody is writing.
        await page.Keyboard.PressAsync("Control+k");
        var box = page.GetByRole(AriaRole.Searchbox, new() { Name = "Search" });
        await Expect(box).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("penc");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/search\\?q=penc$"));
        await visitor.CheckAsync("search-hits");
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Pencils" })).ToBeFocusedAsync();

        // The persona's link leads to its first screen, and what belongs to no persona leaves it so.
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Manage", Exact = true })).ToHaveAttributeAsync("href", "/test/desk/pencils");
        await visitor.OpenAsync("/test/desk/pencils/7");
        await visitor.OpenAsync("/no/such/page");
        await Expect(page.GetByRole(AriaRole.Complementary).GetByRole(AriaRole.Link, new() { Name = "Reports" })).ToBeVisibleAsync();

        // The menu behind one's picture opens without a script and closes by Escape.
        await page.GetByText("Ada Okafor: your account").Locator("..").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "My mug" })).ToBeVisibleAsync();
        await visitor.CheckAsync("shell-menu");
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "My mug" })).ToBeHiddenAsync();
    }

    [Fact]
    public async Task It_looks_right_in_every_view_and_direction()
    {
        var host = await chromium.SiteAsync(Features);
        foreach (var view in View.All)
        {
            await using var visitor = await chromium.VisitAsync(host, view);
            await SignInAsync(visitor, host, Roles.Administrator);
            await visitor.OpenAsync("/hello");
            await visitor.CheckAsync("shell");
            await visitor.OpenAsync("/search?q=nothing-of-the-kind");
            await visitor.CheckAsync("search-empty");
            await visitor.OpenAsync("/no/such/page");
            await visitor.CheckAsync("shell-not-found");
            if (view.Width != 360) continue;
            await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
            await Expect(visitor.Page.Locator("#more")).ToBeVisibleAsync();
            await visitor.CheckAsync("shell-more");
        }

        var arabic = await chromium.SiteAsync(Features, "ar", "مدرسة المساء");
        foreach (var view in new[] { View.Desk, new View(360) })
        {
            await using var visitor = await chromium.VisitAsync(arabic, view with { Locale = "ar" });
            await SignInAsync(visitor, arabic, Roles.Administrator);
            await visitor.OpenAsync("/search?q=guest");
            Assert.Equal("rtl", await visitor.Page.Locator("main").EvaluateAsync<string>("e => getComputedStyle(e).direction"));
            await visitor.CheckAsync("shell-rtl");
        }
    }

    [Fact]
    public async Task A_refusal_says_which_rule_and_whom_to_ask()
    {
        var host = await chromium.SiteAsync(Features);
        await using var visitor = await chromium.VisitAsync(host);
        await SignInAsync(visitor, host, Roles.Learner);
        Assert.Equal(403, (await visitor.OpenAsync("/test/desk/pencils")).Status);
        await Expect(visitor.Page.GetByText("None of the roles Learner allows \"Count the pencils\" for the whole site.")).ToBeVisibleAsync();
        await visitor.CheckAsync("refused");
    }

    [Fact]
    public async Task The_style_guide_shows_every_part_in_every_state_and_in_development_only()
    {
        await using (var visitor = await chromium.VisitAsync(await chromium.SiteAsync(["Hello"])))
            Assert.Equal(404, (await visitor.OpenAsync("/style-guide")).Status);

        await using var development = await TestHost.StartAsync("Sqlite", configure: builder =>
        {
            builder.Environment.EnvironmentName = Environments.Development;
            builder.Services.AddSingleton<IHostEnvironment>(builder.Environment);
        });
        await using var site = await TestSite.StartAsync(development, "Hello");
        foreach (var view in View.All)
        {
            await using var visitor = await chromium.VisitAsync($"{site.Name}.localhost", view, development);
            var page = visitor.Page;
            Assert.Equal(200, (await visitor.OpenAsync("/style-guide")).Status);
            await visitor.CheckAsync("style-guide");

            await page.GetByRole(AriaRole.Button, new() { Name = "Publish…" }).ClickAsync();
            // The focus is on the safe choice.
            await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).Last).ToBeFocusedAsync();
            await visitor.CheckAsync("style-guide-dialog");
            await page.Keyboard.PressAsync("Escape");
            await page.GetByLabel("Why? a rule holds").ClickAsync();
            await Expect(page.GetByText("Quizzes open after the lesson before them.")).ToBeVisibleAsync();
            await visitor.CheckAsync("style-guide-why");
        }

        await using var writer = await chromium.VisitAsync($"{site.Name}.localhost", View.Desk, development);
        await writer.OpenAsync("/style-guide");
        var password = writer.Page.Locator("#Input_Password");
        await password.FillAsync("a sentence is easiest");
        await writer.Page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(password).ToHaveAttributeAsync("type", "text");
        await writer.Page.GetByLabel("Short name").FillAsync("much too long");
        await Expect(writer.Page.GetByText("Shorten it to at most 8 letters.")).ToBeVisibleAsync();
        await writer.Page.GetByLabel("Short name").FillAsync("short");
        await Expect(writer.Page.GetByText("Shorten it to at most 8 letters.")).ToBeHiddenAsync();
        await writer.Page.GetByRole(AriaRole.Button, new() { Name = "Send the form" }).ClickAsync();
        await Expect(writer.Page.GetByText("The form was sent and changed nothing")).ToBeVisibleAsync();
    }

    private async Task SignInAsync(Visitor visitor, string host, Guid role)
    {
        var slot = chromium.Host.Shells.Table.Slots.Single(slot => slot.Tenant.Hosts.Contains(host));
        var person = Guid.CreateVersion7();
        await using (var lease = await chromium.Host.Shells.LeaseAsync(slot.Tenant.Name, default))
        await using (var scope = lease.OpenScope())
        {
            await scope.Services.GetRequiredService<Data.Db>().ExecuteAsync($"INSERT INTO people (id, display_name, sort_name) VALUES ({person}, {"Ada Okafor"}, {"okafor ada"})");
            await scope.Services.GetRequiredService<Roles>().AssignAsync(person, role, Scope.Tenant, default);
        }
        await visitor.OpenAsync("/hello");
        Assert.Equal(204, await visitor.Page.EvaluateAsync<int>(
            "person => fetch('/test/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ person }) }).then(answer => answer.status)", $"{person}"));
    }
}
