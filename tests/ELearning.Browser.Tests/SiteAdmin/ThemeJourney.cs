using ELearning.Themes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.SiteAdmin;

[Collection(nameof(Chromium))]
public sealed class ThemeJourney(Chromium chromium)
{
    private const string Page = "/manage/site/theme";

    [Fact]
    public async Task An_administrator_tries_a_look_on_real_pages_shows_it_to_everybody_and_takes_it_back()
    {
        var (host, ann) = await SiteAsync();
        await using var admin = await SignedInAsync(host, ann);
        var page = admin.Page;
        await using var visitor = await chromium.VisitAsync(host);

        await admin.OpenAsync(Page);
        await admin.CheckAsync("theme");
        await page.GetByRole(AriaRole.Radio, new() { Name = "Studio" }).CheckAsync();
        await page.GetByLabel("Brand colour").FillAsync("#ffcc00");
        await page.GetByLabel("Logo", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "logo.svg", MimeType = "image/svg+xml", Buffer = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 4'><circle cx='2' cy='2' r='2' fill='#ffcc00'/></svg>"u8.ToArray() });
        await page.GetByRole(AriaRole.Button, new() { Name = "Try it on this site" }).ClickAsync();

        await Expect(page.GetByText("Your colour was darkened for buttons and links: white text on #ffcc00 has a contrast of 1.5:1")).ToBeVisibleAsync();
        await admin.CheckAsync("theme-preview");
        await admin.OpenAsync("/hello");
        await Expect(page.GetByText("You are looking at a preview. Nobody else sees it.")).ToBeVisibleAsync();
        await admin.CheckAsync("hello-preview");
        await visitor.OpenAsync("/hello");
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "base");

        await page.GetByRole(AriaRole.Button, new() { Name = "Show it to everybody" }).ClickAsync();
        await Expect(page.GetByText("You are looking at a preview.")).Not.ToBeVisibleAsync();
        Assert.EndsWith("/hello", page.Url, StringComparison.Ordinal);
        await visitor.OpenAsync("/");
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "studio");
        await visitor.CheckAsync("welcome-studio");

        await admin.OpenAsync(Page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Go back to what it was before" }).ClickAsync();
        await visitor.OpenAsync("/hello");
        await Expect(visitor.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "base");
    }

    [Fact]
    public async Task Every_theme_is_readable_in_every_view()
    {
        var (host, ann) = await SiteAsync();
        foreach (var theme in new[] { "Campus", "Studio" })
        {
            await chromium.ChangeAsync(host, tenant => tenant with { Theme = theme });
            foreach (var view in View.All)
            {
                await using var visitor = await chromium.VisitAsync(host, view);
                await visitor.OpenAsync("/");
                await visitor.CheckAsync($"welcome-{theme}");
                await visitor.OpenAsync("/hello");
                await visitor.CheckAsync($"hello-{theme}");
                if (view == View.All[3])
                {
                    await SignInAsync(visitor, ann);
                    foreach (var (path, name) in new[] { (Page, "theme"), ("/manage/settings", "settings"), ("/manage/settings/general/hello", "settings-of") })
                    {
                        await visitor.OpenAsync(path);
                        await visitor.CheckAsync($"{name}-{theme}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("#00ff00")]
    [InlineData("#ffcc00")]
    [InlineData("#ff00aa")]
    [InlineData("#e0560f")]
    [InlineData("#123456")]
    public async Task The_browser_mixes_the_colours_that_the_page_speaks_of(string brand)
    {
        var (host, ann) = await SiteAsync();
        var accent = Accent.Of(Themes.Colour.Parse(brand)!.Value);
        foreach (var view in new[] { View.Desk, View.Desk with { IsDark = true } })
        {
            await using var admin = await SignedInAsync(host, ann, view);
            await admin.OpenAsync(Page);
            await admin.Page.GetByLabel("Brand colour").FillAsync(brand);
            await admin.Page.GetByRole(AriaRole.Button, new() { Name = "Try it on this site" }).ClickAsync();
            await Expect(admin.Page.GetByText("You are looking at a preview.")).ToBeVisibleAsync();

            Near(view.IsDark ? accent.Dark : accent.Light, await PixelAsync(admin.Page, "--accent"));
            Near(view.IsDark ? accent.OnDark : Themes.Colour.White, await PixelAsync(admin.Page, "--on-accent"));
        }
    }

    private static void Near(Themes.Colour said, int[] seen)
    {
        int[] wanted = [(int)Math.Round(said.Red * 255), (int)Math.Round(said.Green * 255), (int)Math.Round(said.Blue * 255)];
        Assert.True(wanted.Zip(seen).All(part => Math.Abs(part.First - part.Second) <= 2), $"said {said.Hex}, seen {string.Join(' ', seen)}");
    }

    // What is painted, not what is written: only then parts that a screen does not have are cut off.
    private static Task<int[]> PixelAsync(IPage page, string property) => page.EvaluateAsync<int[]>("""
        property => {
          const probe = document.querySelector('.button.primary');
          const kind = property === '--accent' ? 'backgroundColor' : 'color';
          const canvas = new OffscreenCanvas(1, 1).getContext('2d');
          canvas.fillStyle = getComputedStyle(probe)[kind];
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
        }
        """, property);

    private async Task<(string Host, Guid Ann)> SiteAsync()
    {
        var host = await chromium.SiteAsync(["TestAccounts", "Hello", "CampusTheme", "StudioTheme"]);
        var ann = Guid.CreateVersion7();
        await chromium.RunAsync(host, async services =>
        {
            await services.GetRequiredService<Data.Db>().ExecuteAsync($"INSERT INTO people (id, display_name, sort_name) VALUES ({ann}, 'Ann Example', 'ann example')");
            await services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Administrator, Scope.Tenant, default);
        });
        return (host, ann);
    }

    private async Task<Visitor> SignedInAsync(string host, Guid person, View? view = null)
    {
        var visitor = await chromium.VisitAsync(host, view);
        await visitor.OpenAsync("/");
        await SignInAsync(visitor, person);
        return visitor;
    }

    private static async Task SignInAsync(Visitor visitor, Guid person) => await visitor.Page.EvaluateAsync(
        "person => fetch('/test/sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ person }) })", person.ToString());
}
