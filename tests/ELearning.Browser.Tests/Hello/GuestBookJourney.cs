using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.Hello;

[Collection(nameof(Chromium))]
public sealed class GuestBookJourney(Chromium chromium)
{
    [Fact]
    public async Task A_visitor_of_the_demo_leaves_a_greeting_by_keyboard_alone()
    {
        await using var visitor = await chromium.VisitAsync("hello.localhost");
        var page = visitor.Page;
        await visitor.OpenAsync("/");
        await Expect(page.GetByText("A demonstration, on this machine only")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Say hello" })).ToBeVisibleAsync();

        // The first stop of the keyboard leads past the header.
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Skip to content")).ToBeFocusedAsync();
        await visitor.CheckAsync("keyboard-skip");
        await page.Keyboard.PressAsync("Enter");
        await visitor.TabToAsync(page.GetByLabel("Your name"));
        await page.Keyboard.TypeAsync("Ada");
        await visitor.TabToAsync(page.GetByLabel("Your greeting"));
        await page.Keyboard.TypeAsync("Good evening, everybody.");
        await visitor.CheckAsync("keyboard-form");
        await visitor.TabToAsync(page.GetByRole(AriaRole.Button, new() { Name = "Leave this greeting" }));
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = "Good evening, everybody." })).ToBeVisibleAsync();
        await Expect(page.GetByLabel("Your greeting")).ToHaveValueAsync("");
    }

    [Fact]
    public async Task An_empty_form_says_what_to_do_where_it_has_to_be_done()
    {
        var host = await chromium.SiteAsync(["Hello"]);
        foreach (var view in View.All)
        {
            await using var visitor = await chromium.VisitAsync(host, view);
            var page = visitor.Page;
            await visitor.OpenAsync("/hello");
            await page.GetByLabel("Your name").FillAsync("Ada");

            await page.GetByRole(AriaRole.Button, new() { Name = "Leave this greeting" }).ClickAsync();

            var summary = page.GetByRole(AriaRole.Alert);
            await Expect(summary).ToBeFocusedAsync();
            await Expect(summary.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Your greeting was not kept yet");
            var greeting = page.GetByLabel("Your greeting");
            await Expect(greeting).ToHaveAttributeAsync("aria-invalid", "true");
            await Expect(greeting).ToHaveAccessibleDescriptionAsync("Write a greeting; a word is enough.");
            await Expect(page.GetByLabel("Your name")).ToHaveValueAsync("Ada");
            await Expect(page.GetByLabel("Your name")).Not.ToHaveAttributeAsync("aria-invalid", "true");
            await visitor.CheckAsync("hello-refused");

            await summary.GetByRole(AriaRole.Link, new() { Name = "Write a greeting; a word is enough." }).ClickAsync();
            await Expect(greeting).ToBeFocusedAsync();
        }
    }

    [Fact]
    public async Task It_works_without_scripts()
    {
        var host = await chromium.SiteAsync(["Hello"]);
        await using var visitor = await chromium.VisitAsync(host, View.Desk with { RunsScripts = false });
        var page = visitor.Page;
        await visitor.OpenAsync("/hello");

        await page.GetByLabel("Your name").FillAsync("Grace");
        await page.GetByLabel("Your greeting").FillAsync("Hello from a plain browser.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Leave this greeting" }).ClickAsync();

        await Expect(page.GetByText("Hello from a plain browser.")).ToBeVisibleAsync();
        await visitor.CheckAsync("hello");
    }

    [Fact]
    public async Task It_looks_right_in_every_view_and_direction()
    {
        var host = await chromium.SiteAsync(["Hello"]);
        foreach (var view in View.All)
        {
            await using var visitor = await chromium.VisitAsync(host, view);
            await visitor.OpenAsync("/hello");
            if (view == View.All[0])
            {
                await visitor.CheckAsync("hello-empty");
                foreach (var (name, text) in Greetings) await LeaveAsync(visitor.Page, name, text);
            }
            await visitor.CheckAsync("hello");
        }

        var arabic = await chromium.SiteAsync(["Hello"], "ar", "مدرسة المساء");
        foreach (var view in new[] { View.Desk, new View(360) })
        {
            await using var visitor = await chromium.VisitAsync(arabic, view with { Locale = "ar" });
            await visitor.OpenAsync("/hello");
            if (view == View.Desk) foreach (var (name, text) in Greetings) await LeaveAsync(visitor.Page, name, text);
            Assert.Equal("rtl", await visitor.Page.Locator("main").EvaluateAsync<string>("e => getComputedStyle(e).direction"));
            await visitor.CheckAsync("hello-rtl");
        }
    }

    private static readonly (string, string)[] Greetings =
    [
        ("Ada", "Good evening, everybody."),
        ("ليلى", "مرحبا بالجميع"),
        ("Somebody with rather a long name for a guest book", "First line\nSecond line\n" + new string('x', 120)),
    ];

    private static async Task LeaveAsync(IPage page, string name, string text)
    {
        await page.Locator("#Input_Name").FillAsync(name);
        await page.Locator("#Input_Text").FillAsync(text);
        await page.Locator("form button").ClickAsync();
        await Expect(page.Locator(".greeting").First.Locator("strong")).ToHaveTextAsync(name);
    }
}
