using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using ELearning.SiteAdmin.Theme;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.SiteAdmin;

public sealed partial class ThemeTests
{
    private const string Page = "/manage/site/theme";

    private static readonly byte[] Png = [0x89, .. "PNG\r\n\u001a\n"u8, .. "not much of a picture"u8];

    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_look_is_tried_alone_shown_to_everybody_and_taken_back(string database)
    {
        await using var site = await AdministeredAsync(database);
        using var visitor = site.OtherBrowser();
        var before = await visitor.GetStringAsync("/");

        Assert.Equal(HttpStatusCode.Redirect, (await TryAsync(site, "Studio", "#ffcc00", radius: "20")).StatusCode);
        var page = await site.Browser.GetStringAsync("/");
        Assert.Contains("You are looking at a preview. Nobody else sees it.", page);
        Assert.Contains("formaction=\"/manage/site/theme?handler=apply\"", page);
        Assert.Contains("studio.", page);
        Assert.Equal(SheetOf(before), SheetOf(await visitor.GetStringAsync("/")));
        Assert.Empty(await site.QueryAsync<Guid>($"SELECT id FROM look_changes"));

        var applied = await site.Browser.PostAsync($"{Page}?handler=apply", await FormAsync(site, ("from", "/hello")));
        Assert.Equal("/hello", applied.Headers.Location!.OriginalString);
        var after = await visitor.GetStringAsync("/");
        Assert.Contains("--brand:#ffcc00;", await visitor.GetStringAsync(SheetOf(after)));
        Assert.Contains("studio.", after);
        Assert.DoesNotContain("You are looking at a preview", await site.Browser.GetStringAsync("/"));

        page = await site.Browser.GetStringAsync(Page);
        Assert.Contains("Ann changed the look of this site.", page);
        Assert.Matches(@"Go back to what it was before [^<]+\(Europe/Berlin\)", page);
        var change = (await site.QueryAsync<Guid>($"SELECT id FROM look_changes")).Single();
        await site.Browser.PostAsync($"{Page}?handler=back", await FormAsync(site, ("change", change.ToString())));
        Assert.Equal(SheetOf(before), SheetOf(await visitor.GetStringAsync("/")));

        var trail = await site.RunAsync(services => services.GetRequiredService<Audit>().PageAsync(new() { Act = "look-changed" }, null, 10, default));
        Assert.Equal(2, trail.Count);
        // Going back is a change as well: what it took away can be had again.
        Assert.Contains("Go back to what it was before", await site.Browser.GetStringAsync(Page));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_discarded_preview_leaves_nothing_behind(string database)
    {
        await using var site = await AdministeredAsync(database);
        await TryAsync(site, "Base", "#ffcc00", logo: Png);
        Assert.Single(await site.QueryAsync<string>($"SELECT hash FROM blob_references"));

        var answer = await site.Browser.PostAsync($"{Page}?handler=discard", await FormAsync(site, ("from", "//elsewhere.example/")));

        Assert.Equal(Page, answer.Headers.Location!.OriginalString);
        Assert.Empty(await site.QueryAsync<string>($"SELECT hash FROM blob_references"));
        Assert.DoesNotContain("You are looking at a preview", await site.Browser.GetStringAsync("/"));
        Assert.Equal("Base", site.Tenant.Theme);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_logo_is_what_its_bytes_say_and_stays_while_it_may_be_wanted_back(string database)
    {
        await using var site = await AdministeredAsync(database);
        await TryAsync(site, "Base", "#2c5a9d", logo: Png);
        await site.Browser.PostAsync($"{Page}?handler=apply", await FormAsync(site));
        var logo = LogoOf(await site.Browser.GetStringAsync(Page));
        Assert.Equal("image/png", (await site.Browser.GetAsync(logo)).Content.Headers.ContentType!.MediaType);

        await TryAsync(site, "Base", "#2c5a9d", logo: "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"u8.ToArray());
        await site.Browser.PostAsync($"{Page}?handler=apply", await FormAsync(site));
        var drawing = await site.Browser.GetAsync(LogoOf(await site.Browser.GetStringAsync(Page)));
        Assert.StartsWith("sandbox; default-src 'none'", drawing.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await site.Browser.GetAsync(logo)).StatusCode);

        // Two looks ago nobody can go back to.
        await TryAsync(site, "Base", "#2c5a9d", ("Input.WithoutLogo", "true"));
        await site.Browser.PostAsync($"{Page}?handler=apply", await FormAsync(site));
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync(logo)).StatusCode);
    }

    [Theory]
    [InlineData("Sqlite", "<html><script>alert(1)</script></html>", "is no picture that browsers show")]
    [InlineData("Sqlite", "<svg xmlns='http://www.w3.org/2000/svg'><g>", "is no picture that browsers show")]
    [InlineData("Sqlite", "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>", "is no picture that browsers show")]
    [InlineData("Postgres", "", "is empty")]
    [InlineData("Postgres", null, "is larger than 512 KB")]
    public async Task A_bad_file_is_refused_with_the_reason_and_nothing_is_kept(string database, string? content, string reason)
    {
        await using var site = await AdministeredAsync(database);

        var answer = await TryAsync(site, "Base", "#ffcc00", logo: content is null ? new byte[600_000] : Encoding.UTF8.GetBytes(content));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(reason, await answer.Content.ReadAsStringAsync());
        Assert.Empty(await site.QueryAsync<string>($"SELECT hash FROM blob_references"));
        Assert.Empty(await site.QueryAsync<string>($"SELECT preview FROM sessions WHERE preview IS NOT NULL"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_cannot_be_chosen_is_refused(string database)
    {
        await using var site = await AdministeredAsync(database);

        Assert.Contains("Choose one of the themes.", await (await TryAsync(site, "Nowhere", "#ffcc00")).Content.ReadAsStringAsync());
        Assert.Contains("Write a colour as # and six digits", WebUtility.HtmlDecode(await (await TryAsync(site, "Base", "red;}")).Content.ReadAsStringAsync()));
        Assert.Contains("Choose a radius from 0 to 32 pixels.", await (await TryAsync(site, "Base", "#ffcc00", radius: "99")).Content.ReadAsStringAsync());
        using var visitor = site.OtherBrowser();
        await visitor.PostAsJsonAsync("/test/sign-in", new { Person = await site.PersonAsync("Bob") });
        Assert.Equal(HttpStatusCode.Forbidden, (await visitor.GetAsync(Page)).StatusCode);
    }

    [Theory]
    [InlineData("#2c5a9d", "Your colour is used as it is: white text on it has a contrast of 6.8:1")]
    [InlineData("#ffcc00", "Your colour was darkened for buttons and links: white text on #ffcc00 has a contrast of 1.5:1")]
    public async Task The_page_says_whether_the_colour_had_to_be_darkened(string colour, string said)
    {
        await using var site = await AdministeredAsync("Sqlite");
        await TryAsync(site, "Base", colour);

        Assert.Contains(said, WebUtility.HtmlDecode(await site.Browser.GetStringAsync(Page)));
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xd8, 0xff, 0xe0 }, "image/jpeg")]
    [InlineData(new byte[] { 0, 0, 1, 0, 1, 0, 16 }, "image/x-icon")]
    [InlineData(new byte[] { (byte)'G', (byte)'I', (byte)'F' }, null)]
    [InlineData(new byte[] { }, null)]
    public void A_file_is_what_its_bytes_say(byte[] bytes, string? type) => Assert.Equal(type, BrandFiles.TypeOf(bytes));

    private static async Task<TestSite> AdministeredAsync(string database)
    {
        var site = await TestSite.StartAsync(database, "TestAccounts", "StudioTheme", "Hello");
        await site.ZoneAsync("Europe/Berlin");
        var ann = await site.PersonAsync("Ann");
        await site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Administrator, Scope.Tenant, default));
        await site.Browser.PostAsJsonAsync("/test/sign-in", new { Person = ann });
        return site;
    }

    private static async Task<HttpResponseMessage> TryAsync(TestSite site, string theme, string colour, (string, string)? more = null, string radius = "", byte[]? logo = null)
    {
        var form = new MultipartFormDataContent { { new StringContent(theme), "Input.Theme" }, { new StringContent(colour), "Input.Colour" }, { new StringContent(radius), "Input.Radius" } };
        if (more is var (name, value)) form.Add(new StringContent(value), name);
        if (logo is not null) form.Add(new ByteArrayContent(logo), "Input.Logo", "logo.png");
        form.Add(new StringContent(await TokenAsync(site)), "__RequestVerificationToken");
        return await site.Browser.PostAsync(Page, form);
    }

    private static async Task<FormUrlEncodedContent> FormAsync(TestSite site, params (string Name, string Value)[] fields) =>
        new([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), new("__RequestVerificationToken", await TokenAsync(site))]);

    private static async Task<string> TokenAsync(TestSite site) => Token().Match(await site.Browser.GetStringAsync(Page)).Groups[1].Value;

    private static string SheetOf(string page) => Sheet().Match(page).Groups[1].Value;

    private static string LogoOf(string page) => Logo().Match(page).Groups[1].Value;

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();

    [GeneratedRegex("href=\"(/theme/[0-9a-f]{16}\\.css)\"")]
    private static partial Regex Sheet();

    [GeneratedRegex("src=\"(/theme/files/[0-9a-f]{64})\"")]
    private static partial Regex Logo();
}
