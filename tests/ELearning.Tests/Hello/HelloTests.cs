using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace ELearning.Hello;

public sealed partial class HelloTests
{
    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task A_visitor_leaves_a_greeting_that_everybody_reads(string database)
    {
        await using var site = await TestSite.StartAsync(database, "Hello");
        var page = await site.Browser.GetStringAsync("/hello");
        Assert.Contains("Nobody has left a greeting yet", page);

        var posted = await site.Browser.PostAsync("/hello", Form(page, "Ada", "Good morning <b>all</b>"));

        Assert.Equal(HttpStatusCode.Redirect, posted.StatusCode);
        using var other = site.OtherBrowser();
        Assert.Contains("Good morning &lt;b&gt;all&lt;/b&gt;", await other.GetStringAsync("/hello"));
    }

    private static FormUrlEncodedContent Form(string page, string name, string text) => new(new Dictionary<string, string>
    {
        ["Input.Name"] = name,
        ["Input.Text"] = text,
        ["__RequestVerificationToken"] = Token().Match(page).Groups[1].Value,
    });

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
