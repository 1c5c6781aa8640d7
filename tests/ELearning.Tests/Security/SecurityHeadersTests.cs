using System.Net.Http.Json;
using Xunit;

namespace ELearning.Security;

public sealed class SecurityHeadersTests : IAsyncLifetime
{
    private TestSite _site = null!; // made before each test

    public async Task InitializeAsync() => _site = await TestSite.StartAsync("Sqlite", "TestAccounts", "Hello");

    public async Task DisposeAsync() => await _site.DisposeAsync();

    [Theory]
    [InlineData("/hello")]
    [InlineData("/test/who")]
    [InlineData("/there-is-nothing")]
    [InlineData("/test/sign-out")]
    public async Task Every_answer_says_what_a_browser_must_not_do(string path)
    {
        var headers = (await _site.Browser.GetAsync(path)).Headers;

        var policy = Assert.Single(headers.GetValues("Content-Security-Policy"));
        Assert.Contains("frame-ancestors 'self'", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.Equal(["nosniff"], headers.GetValues("X-Content-Type-Options"));
        Assert.Equal(["strict-origin-when-cross-origin"], headers.GetValues("Referrer-Policy"));
        Assert.Contains("camera=()", headers.GetValues("Permissions-Policy").Single());
        Assert.Equal(["same-origin"], headers.GetValues("Cross-Origin-Opener-Policy"));
        Assert.False(headers.Contains("X-Frame-Options"));
        Assert.False(headers.Contains("Strict-Transport-Security"));
        Assert.False(headers.Contains("Server"));
    }

    [Fact]
    public async Task The_pages_of_a_launched_session_may_be_framed_by_its_platform_and_those_of_others_not()
    {
        var ann = await _site.PersonAsync("Ann");
        await _site.Browser.SignInAsync(ann);
        using var browser = _site.OtherBrowser();
        // The cookie is for https only; a test speaks http, so it carries it by hand.
        var cookie = await FramedCookieAsync(ann);

        foreach (var path in new[] { "/hello", "/test/who", "/there-is-nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Cookie", cookie } } };
            var framed = await browser.SendAsync(request);
            Assert.Contains("frame-ancestors 'self' https://lms.example", framed.Headers.GetValues("Content-Security-Policy").Single());
            Assert.False(framed.Headers.Contains("X-Frame-Options"));

            var own = (await _site.Browser.GetAsync(path)).Headers.GetValues("Content-Security-Policy").Single();
            Assert.EndsWith("frame-ancestors 'self'", own);
        }
    }

    [Fact]
    public async Task The_forms_of_a_framed_session_have_cookies_that_a_frame_may_send()
    {
        var cookie = await FramedCookieAsync(await _site.PersonAsync("Ann"));
        using var browser = _site.OtherBrowser();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hello") { Headers = { { "Cookie", cookie } } };

        var framed = (await browser.SendAsync(request)).Headers.GetValues("Set-Cookie").Single(set => set.StartsWith(".el-form-", StringComparison.Ordinal));
        var own = (await _site.Browser.GetAsync("/hello")).Headers.GetValues("Set-Cookie").Single(set => set.StartsWith(".el-form-", StringComparison.Ordinal));

        Assert.Contains("samesite=none", framed);
        Assert.Contains("; Partitioned", framed);
        Assert.Contains("samesite=strict", own);
    }

    private async Task<string> FramedCookieAsync(Guid person)
    {
        using var browser = _site.OtherBrowser();
        var answer = await browser.PostAsync("/test/sign-in", JsonContent.Create(new TestAccountsFeature.SignIn(person, Framing: ["https://lms.example"])));
        return answer.Headers.GetValues("Set-Cookie").Single(set => !set.Contains("=;", StringComparison.Ordinal)).Split(';')[0];
    }
}
