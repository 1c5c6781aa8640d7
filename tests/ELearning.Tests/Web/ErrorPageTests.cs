using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Web;

/// <summary>What people see where a page cannot be shown: a page of their site, in their language, that says what to do.</summary>
public sealed class ErrorPageTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory]
    [InlineData(404, "There is nothing here", "Hier ist nichts")]
    [InlineData(410, "This is no longer here", "Das gibt es hier nicht mehr")]
    [InlineData(503, "Not available just now", "Gerade nicht erreichbar")]
    public async Task An_error_is_a_page_of_the_site_in_english_and_german(int status, string english, string german)
    {
        await using var site = await TestSite.StartAsync("Sqlite", "TestDesk");

        var page = await SaidAsync(site, $"/test/desk/status/{status}", (HttpStatusCode)status);
        Assert.Contains($"<h1>{english}</h1>", page);
        Assert.Contains("class=\"topnav\"", page);
        Assert.Contains("Reference", page);

        site.Browser.DefaultRequestHeaders.Add("Accept-Language", "de");
        Assert.Contains($"<h1>{german}</h1>", await SaidAsync(site, $"/test/desk/status/{status}", (HttpStatusCode)status));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_refusal_names_the_rule_that_decided(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestDesk", "TestAccounts");
        var ann = await site.PersonAsync("Ann");
        await site.Browser.PostAsJsonAsync("/test/sign-in", new TestAccountsFeature.SignIn(ann));
        Assert.Contains("&quot;Count the pencils&quot; comes with a role, and this person has none.", await SaidAsync(site, "/test/desk/pencils", HttpStatusCode.Forbidden));

        await site.RunAsync(services => services.GetRequiredService<Roles>().AssignAsync(ann, Roles.Learner, Scope.Tenant, default));
        site.Browser.DefaultRequestHeaders.Add("Accept-Language", "de");
        var german = WebUtility.HtmlDecode(await SaidAsync(site, "/test/desk/pencils", HttpStatusCode.Forbidden));
        Assert.Contains("Keine der Rollen Lernende erlaubt „Count the pencils“ für die ganze Seite.", german);
        // The frame is theirs too: they are signed in.
        Assert.Contains("class=\"rail\"", german);
    }

    [Fact]
    public async Task Too_many_attempts_says_when_to_try_again()
    {
        await using var site = await TestSite.StartAsync("Sqlite", "TestDesk");
        Assert.Contains("It can be tried again in 10 seconds.", await SaidAsync(site, "/test/desk/status/429?seconds=10", HttpStatusCode.TooManyRequests));
    }

    [Fact]
    public async Task A_page_that_breaks_gives_a_reference_and_no_secrets()
    {
        await using var site = await TestSite.StartAsync("Sqlite", "TestDesk");

        var page = await SaidAsync(site, "/test/desk/broken", HttpStatusCode.InternalServerError);
        Assert.Contains("<h1>Something went wrong</h1>", page);
        Assert.Matches("Reference: <code>[0-9a-f]{8}</code>", page);
        Assert.DoesNotContain("desk broke", page);

        using var data = await site.Browser.GetAsync("/test/desk/data");
        Assert.Equal("application/problem+json", data.Content.Headers.ContentType!.MediaType);
        Assert.Equal("failed", (await data.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    private static async Task<string> SaidAsync(TestSite site, string path, HttpStatusCode expected)
    {
        using var answer = await site.Browser.GetAsync(path);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        return await answer.Content.ReadAsStringAsync();
    }
}
