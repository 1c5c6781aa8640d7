using System.Text.RegularExpressions;
using ELearning.Shells;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.Operations;

/// <summary>What a visitor meets where there is nothing, or nothing yet, to see.</summary>
[Collection(nameof(Chromium))]
public sealed class PlainPagesJourney(Chromium chromium)
{
    [Fact]
    public async Task A_site_with_nothing_on_it_says_how_to_begin()
    {
        var host = await chromium.SiteAsync([]);
        await EveryViewAsync(host, "/", 200, "Evening School", "welcome-empty");
    }

    [Fact]
    public async Task A_site_without_a_home_leads_to_what_it_has()
    {
        var host = await chromium.SiteAsync(["Hello"]);
        await EveryViewAsync(host, "/", 200, "Evening School", "welcome");
        await using var visitor = await chromium.VisitAsync(host, new(360));
        await visitor.OpenAsync("/");

        await visitor.Page.Locator("main").GetByText("Guest book").ClickAsync();

        await Expect(visitor.Page).ToHaveURLAsync(new Regex("/hello$"));
    }

    [Fact]
    public async Task An_address_that_is_nothing_says_so() =>
        await EveryViewAsync("hello.localhost", "/no/such/page", 404, "There is nothing here", "not-found");

    [Fact]
    public async Task A_name_that_is_no_site_says_so() =>
        await EveryViewAsync("nowhere-at-all.localhost", "/", 404, "No site here", "no-site");

    [Fact]
    public async Task A_suspended_site_says_why()
    {
        var host = await chromium.SiteAsync(["Hello"]);
        await chromium.ChangeAsync(host, tenant => tenant with { State = TenantState.Suspended, Reason = "The contract ended on 30 September." });
        await EveryViewAsync(host, "/hello", 503, "This site is suspended", "suspended");
    }

    [Fact]
    public async Task A_site_that_cannot_start_gives_a_reference()
    {
        var host = await chromium.SiteAsync([]);
        await chromium.ChangeAsync(host, tenant => tenant with { Features = ["TestBrokenServices"] });
        await EveryViewAsync(host, "/", 503, "This site could not start", "failed");
    }

    private async Task EveryViewAsync(string host, string path, int status, string heading, string name)
    {
        foreach (var view in View.All)
        {
            await using var visitor = await chromium.VisitAsync(host, view);
            Assert.Equal(status, (await visitor.OpenAsync(path)).Status);
            await Expect(visitor.Page.Locator("h1")).ToHaveTextAsync(heading);
            await visitor.CheckAsync(name);
        }
    }
}
