using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace ELearning.Accounts;

public sealed partial class ProfileTests
{
    public static TheoryData<string> Databases => ["Sqlite", "Postgres"];

    [Theory, MemberData(nameof(Databases))]
    public async Task A_name_is_changed_and_people_are_found_by_the_new_one(string database)
    {
        await using var site = await SiteAsync(database);

        var saved = await site.Browser.SendAsync("/account/profile", ("Input.Name", " Jürgen  Groß "), ("Input.Language", "de"), ("Input.Zone", "Asia/Kathmandu"));

        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Equal(["gross", "jurgen"], await site.QueryAsync<string>($"SELECT word FROM people_words ORDER BY word"));
        Assert.Equal(["de Asia/Kathmandu"], await site.QueryAsync<string>($"SELECT culture || ' ' || zone FROM people"));
        var page = await (await site.Browser.GetAsync("/account/profile")).TextAsync();
        Assert.Contains("<html lang=\"de\"", page);
        Assert.Contains("Was andere auf dieser Website von Ihnen sehen", page);

        await site.Browser.SendAsync("/account/profile", ("Input.Name", "Ada"), ("Input.Language", ""), ("Input.Zone", ""));
        Assert.Equal(1, (await site.QueryAsync<long>($"SELECT COUNT(*) FROM people WHERE culture IS NULL AND zone IS NULL"))[0]);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_cannot_be_is_refused_where_it_stands(string database)
    {
        await using var site = await SiteAsync(database);

        var refused = await (await site.Browser.SendAsync("/account/profile", ("Input.Name", ""), ("Input.Language", "tlh"), ("Input.Zone", "Europe/Nowhere"))).TextAsync();

        Assert.Contains("Write your name, as others are to see it.", refused);
        Assert.Contains("Choose one of the languages of the list.", refused);
        Assert.Contains("Choose a time zone of the list, such as Europe/Berlin.", refused);
        Assert.Equal(["Ada"], await site.QueryAsync<string>($"SELECT display_name FROM people"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_picture_is_shown_to_people_of_the_site_only(string database)
    {
        await using var site = await SiteAsync(database);
        Assert.Equal(HttpStatusCode.Redirect, (await SendPictureAsync(site, Bytes("turned.jpg"))).StatusCode);

        var page = await site.Browser.GetStringAsync("/account/profile");
        var path = Source().Match(page).Groups[1].Value;
        var answer = await site.Browser.GetAsync(path);
        Assert.Equal("image/webp", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl is { Private: true, Public: false, MaxAge.TotalDays: 365 }, $"{answer.Headers.CacheControl}");
        Assert.DoesNotContain("SECRETNAME", Encoding.Latin1.GetString(await answer.Content.ReadAsByteArrayAsync()));

        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await site.Browser.SendAsync(again)).StatusCode);
        Assert.NotEqual(HttpStatusCode.OK, (await site.OtherBrowser().GetAsync(path)).StatusCode);
        await using var other = await SiteAsync(database);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Browser.GetAsync(path)).StatusCode);

        await SendAsync(site, "RemovePicture", []);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync(path)).StatusCode);
        Assert.DoesNotContain("/pictures/", await site.Browser.GetStringAsync("/account/profile"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task What_is_no_picture_is_refused_and_said(string database)
    {
        await using var site = await SiteAsync(database);

        Assert.Contains("This is no picture that can be used here.", await (await SendPictureAsync(site, "<svg onload=\"alert(1)\"/>"u8.ToArray())).TextAsync());
        Assert.Contains("The picture has more than 50 million pixels.", await (await SendPictureAsync(site, Bytes("bomb.png"))).TextAsync());
        Assert.Contains("Choose a picture first.", await (await SendPictureAsync(site, [])).TextAsync());
        Assert.Equal(0, (await site.QueryAsync<long>($"SELECT COUNT(*) FROM pictures"))[0]);
    }

    private static async Task<TestSite> SiteAsync(string database)
    {
        var site = await TestSite.StartAsync(database, "Accounts", "TestAccounts");
        await site.Browser.PostAsJsonAsync("/test/sign-in", new { Person = await site.PersonAsync("Ada") });
        return site;
    }

    private static Task<HttpResponseMessage> SendPictureAsync(TestSite site, byte[] bytes) =>
        SendAsync(site, "Picture", [(new ByteArrayContent(bytes), "Picture", "me.jpg"), (new StringContent("Right"), "Part", null), (new StringContent("Closer"), "Zoom", null)]);

    private static async Task<HttpResponseMessage> SendAsync(TestSite site, string handler, (HttpContent Content, string Name, string? File)[] parts)
    {
        var page = await site.Browser.GetStringAsync("/account/profile");
        using var form = new MultipartFormDataContent { { new StringContent(Token().Match(page).Groups[1].Value), "__RequestVerificationToken" } };
        foreach (var (content, name, file) in parts)
            if (file is null) form.Add(content, name);
            else form.Add(content, name, file);
        return await site.Browser.PostAsync($"/account/profile?handler={handler}", form);
    }

    private static byte[] Bytes(string name, [CallerFilePath] string path = "") =>
        File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "..", "Blobs", "pictures", name));

    [GeneratedRegex("src=\"(/pictures/[0-9a-f]{64})\"")]
    private static partial Regex Source();

    [GeneratedRegex("__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)")]
    private static partial Regex Token();
}
