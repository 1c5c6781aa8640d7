using System.Net;
using Xunit;

namespace ELearning;

public sealed class GateTests
{
    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task What_belongs_to_a_feature_that_is_off_is_not_there(string database)
    {
        await using var site = await TestSite.StartAsync(database);
        foreach (var (verb, path) in new[] { ("GET", "/hello"), ("POST", "/hello"), ("GET", "/test/notes"), ("POST", "/test/notes"), ("DELETE", "/test/notes"), ("PATCH", "/hello/greetings") })
            Assert.Equal(HttpStatusCode.NotFound, await AnswerAsync(site, verb, path));

        await site.EnableAsync("Hello", "TestNotes");

        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(site, "GET", "/hello"));
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(site, "GET", "/test/notes"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await AnswerAsync(site, "POST", "/test/notes"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await AnswerAsync(site, "PATCH", "/hello/greetings"));

        await site.DisableAsync("Hello");

        Assert.Equal(HttpStatusCode.NotFound, await AnswerAsync(site, "GET", "/hello"));
        Assert.Equal(HttpStatusCode.NotFound, await AnswerAsync(site, "PATCH", "/hello/greetings"));
    }

    [Theory, InlineData("Sqlite"), InlineData("Postgres")]
    public async Task Two_features_on_one_path_are_told_apart(string database)
    {
        await using var site = await TestSite.StartAsync(database, "TestNotes");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await AnswerAsync(site, "DELETE", "/test/notes"));

        await site.EnableAsync("TestNotesMore");
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(site, "DELETE", "/test/notes"));
    }

    [Fact]
    public async Task Links_lead_only_to_what_is_there()
    {
        await using var site = await TestSite.StartAsync("Sqlite", "TestNotes");
        Assert.Equal("no link", await site.Browser.GetStringAsync("/test/notes/link"));

        await site.EnableAsync("TestNotesMore");
        Assert.Equal("/test/more", await site.Browser.GetStringAsync("/test/notes/link"));
    }

    [Fact]
    public async Task An_integration_comes_and_goes_with_its_partners()
    {
        await using var site = await TestSite.StartAsync("Sqlite", "TestNotes");
        Assert.Equal(HttpStatusCode.NotFound, await AnswerAsync(site, "GET", "/test/together"));

        await site.EnableAsync("TestSlow");
        Assert.Equal(HttpStatusCode.OK, await AnswerAsync(site, "GET", "/test/together"));

        await site.DisableAsync("TestSlow");
        Assert.Equal(HttpStatusCode.NotFound, await AnswerAsync(site, "GET", "/test/together"));
    }

    private static async Task<HttpStatusCode> AnswerAsync(TestSite site, string verb, string path)
    {
        using var request = new HttpRequestMessage(new(verb), path);
        using var answer = await site.Browser.SendAsync(request);
        return answer.StatusCode;
    }
}
