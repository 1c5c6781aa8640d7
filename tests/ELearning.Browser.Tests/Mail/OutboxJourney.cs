using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.Mail;

[Collection(nameof(Chromium))]
public sealed class OutboxJourney(Chromium chromium)
{
    [Fact]
    public async Task Without_a_server_a_letter_is_read_in_the_outbox_and_its_link_followed()
    {
        await using var site = await TestSite.StartAsync(chromium.Host, "Mail", "TestAccounts");
        var ann = await site.AdministratorAsync();
        await using var visitor = await chromium.VisitAsync($"{site.Name}.localhost");
        var page = visitor.Page;
        await visitor.SignInAsync(ann);
        await visitor.OpenAsync("/manage/settings/mail");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "No letters yet" })).ToBeVisibleAsync();
        await visitor.CheckAsync("mail-empty");

        await page.GetByRole(AriaRole.Link, new() { Name = "Send a test letter" }).ClickAsync();
        await page.GetByLabel("Send a test letter to").FillAsync("nobody");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a test letter" }).ClickAsync();
        await Expect(page.GetByLabel("Send a test letter to")).ToHaveAccessibleDescriptionAsync("Write one address, such as ada@example.org.");
        await visitor.CheckAsync("mail-server-refused");
        await page.GetByLabel("Send a test letter to").FillAsync("ada@example.org");
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a test letter" }).ClickAsync();
        await Expect(page.GetByText("The test letter is in the outbox.")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Navigation, new() { Name = "You are here" }).GetByRole(AriaRole.Link, new() { Name = "Mail" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "A test letter from Test site" }).ClickAsync();
        var letter = page.FrameLocator("iframe");
        await Expect(letter.GetByRole(AriaRole.Heading, new() { Name = "It works" })).ToBeVisibleAsync();
        var opened = await page.RunAndWaitForPopupAsync(() => letter.GetByRole(AriaRole.Link, new() { Name = "Open the mail settings" }).ClickAsync());
        await Expect(opened.GetByRole(AriaRole.Heading, new() { Name = "Mail", Level = 1 })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task It_looks_right_in_every_view()
    {
        await using var site = await TestSite.StartAsync(chromium.Host, "Mail", "TestAccounts");
        var ann = await site.AdministratorAsync();
        var kind = new LetterKind(typeof(MailFeature), "trial");
        var letter = Guid.Empty;
        foreach (var to in new[] { "ada@example.org", "somebody.with.a.rather.long.address@department.of.long.names.example.org" })
        {
            Assert.True(Address.TryParse(to, out var address));
            letter = await site.RunAsync(services => services.GetRequiredService<Post>().SendAsync(new Letter(kind, address, new { name = "Grace Hopper" }), default));
        }
        foreach (var view in View.All)
        {
            await using var visitor = await chromium.VisitAsync($"{site.Name}.localhost", view);
            await visitor.SignInAsync(ann);
            await visitor.OpenAsync("/manage/settings/mail");
            await visitor.CheckAsync("mail");
            await visitor.OpenAsync($"/manage/settings/mail/{letter}");
            await Expect(visitor.Page.FrameLocator("iframe").GetByRole(AriaRole.Heading, new() { Name = "It works" })).ToBeVisibleAsync();
            await visitor.PictureAsync("mail-letter");
            // The frame runs no scripts, so axe would wait in it for ever.
            await visitor.Page.Locator("iframe").EvaluateAsync("frame => frame.remove()");
            await visitor.CheckAsync("mail-letter-frameless");
            await visitor.OpenAsync("/manage/settings/mail/server");
            await visitor.CheckAsync("mail-server");
        }
    }
}
