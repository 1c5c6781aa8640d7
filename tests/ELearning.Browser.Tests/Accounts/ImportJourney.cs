using System.Text;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ELearning.Accounts;

[Collection(nameof(Chromium))]
public sealed class ImportJourney(Chromium chromium)
{
    private static readonly FilePayload Table = new()
    {
        Name = "people.csv",
        MimeType = "text/csv",
        Buffer = Encoding.UTF8.GetBytes("\uFEFFVorname;Nachname;E-Mail;Rolle\r\nJürgen;Groß;juergen@example.org;Author\r\nAda;Byron;ada@example.org;\r\n;;no address;Auhtor\r\nAda;again;ada@example.org;\r\n"),
    };

    [Fact]
    public async Task An_administrator_imports_people_and_sees_what_is_wrong_with_the_rest()
    {
        foreach (var view in View.All)
        {
            await using var site = await TestSite.StartAsync(chromium.Host, "Accounts", "TestAccounts");
            var ann = await site.AdministratorAsync();
            await using var visitor = await chromium.VisitAsync($"{site.Name}.localhost", view);
            var page = visitor.Page;
            await visitor.SignInAsync(ann);
            await visitor.OpenAsync("/manage/people/import");
            await visitor.CheckAsync("import-empty");

            await page.GetByLabel("Table (CSV)").SetInputFilesAsync(Table);
            await page.GetByRole(AriaRole.Button, new() { Name = "Upload the file" }).ClickAsync();
            await Expect(page.GetByText("Read as UTF-8, cells parted by semicolons.")).ToBeVisibleAsync();
            await visitor.CheckAsync("import-columns");
            await page.GetByRole(AriaRole.Button, new() { Name = "Check the file" }).ClickAsync();

            // The page asks again by itself while the file is read.
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What will happen" })).ToBeVisibleAsync(new() { Timeout = 60_000 });
            await Expect(page.GetByText("Did you mean “author”?")).ToBeVisibleAsync();
            await Expect(page.GetByText("The same address stands in row 3.")).ToBeVisibleAsync();
            await visitor.CheckAsync("import-checked");
            await page.GetByRole(AriaRole.Button, new() { Name = "Import 2 people" }).ClickAsync();

            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What was done" })).ToBeVisibleAsync(new() { Timeout = 60_000 });
            await visitor.CheckAsync("import-done");
            await visitor.OpenAsync("/manage/people/import");
            await visitor.CheckAsync("import");
        }
    }

    [Fact]
    public async Task Somebody_gives_themselves_a_name_and_a_picture()
    {
        foreach (var view in View.All)
        {
            await using var site = await TestSite.StartAsync(chromium.Host, "Accounts", "TestAccounts");
            var ada = await site.PersonAsync("Ada Byron");
            await using var visitor = await chromium.VisitAsync($"{site.Name}.localhost", view);
            var page = visitor.Page;
            await visitor.SignInAsync(ada);
            await visitor.OpenAsync("/account/profile");
            await page.GetByLabel("Picture", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "me.png", MimeType = "image/png", Buffer = "no picture"u8.ToArray() });
            await page.GetByRole(AriaRole.Button, new() { Name = "Take this picture" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("This is no picture that can be used here.");
            await visitor.CheckAsync("profile-refused");

            await page.GetByLabel("Picture", new() { Exact = true }).SetInputFilesAsync(new FilePayload
            {
                Name = "me.png",
                MimeType = "image/png",
                Buffer = await page.Locator("body").ScreenshotAsync(),
            });
            await page.GetByRole(AriaRole.Button, new() { Name = "Take this picture" }).ClickAsync();
            await Expect(page.Locator(".ownpicture img")).ToHaveJSPropertyAsync("complete", true);
            Assert.True(await page.Locator(".ownpicture img").EvaluateAsync<int>("e => e.naturalWidth") > 0);

            await page.GetByLabel("Time zone").FillAsync("Asia/Kathmandu");
            await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Augusta Ada Byron");
            await page.GetByRole(AriaRole.Button, new() { Name = "Save your profile" }).ClickAsync();
            await Expect(page.GetByLabel("Time zone")).ToHaveValueAsync("Asia/Kathmandu");
            await visitor.CheckAsync("profile");
        }
    }
}
