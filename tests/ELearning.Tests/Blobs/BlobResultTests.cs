using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ELearning.Blobs;

public sealed class BlobResultTests : IAsyncLifetime, IDisposable
{
    private static readonly string Hash = new('a', 64);

    private readonly string _file = Path.GetTempFileName();
    private readonly HttpClient _client = new();
    private WebApplication _host = null!;
    private Blob _blob = new(Hash, 10, "notes.txt", "text/plain");

    public async Task InitializeAsync()
    {
        await File.WriteAllTextAsync(_file, "0123456789");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _host = builder.Build();
        _host.MapMethods("/file", ["GET", "HEAD"], (HttpRequest request) => (IResult)new BlobResult(_file, _blob, request.Query.ContainsKey("download")));
        await _host.StartAsync();
        _client.BaseAddress = new(_host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async Task DisposeAsync()
    {
        Dispose();
        await _host.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task A_file_comes_with_its_type_its_tag_and_no_sniffing()
    {
        var response = await _client.GetAsync("/file");

        Assert.Equal("0123456789", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal($"\"{Hash}\"", response.Headers.ETag!.ToString());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.Equal("inline", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.True(response.Headers.CacheControl!.Private);
    }

    [Fact]
    public async Task A_copy_that_is_still_good_is_not_sent_again()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/file");
        request.Headers.IfNoneMatch.Add(new($"\"{Hash}\""));

        var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(2, 4L, "234", "bytes 2-4/10")]
    [InlineData(7, null, "789", "bytes 7-9/10")]
    [InlineData(null, 2L, "89", "bytes 8-9/10")]
    public async Task A_part_is_sent_when_asked(int? from, long? to, string text, string range)
    {
        var response = await GetRangeAsync(new(from, to));

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(text, await response.Content.ReadAsStringAsync());
        Assert.Equal(range, response.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task A_part_beyond_the_end_is_refused_with_the_length()
    {
        var response = await GetRangeAsync(new(10, 20));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal("bytes */10", response.Content.Headers.ContentRange!.ToString());
    }

    [Fact]
    public async Task A_part_of_a_file_that_has_changed_is_the_whole_new_one()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/file");
        request.Headers.Range = new(2, 4);
        request.Headers.IfRange = new(new EntityTagHeaderValue("\"older\""));

        var response = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_head_has_the_length_and_no_body()
    {
        var response = await _client.SendAsync(new(HttpMethod.Head, "/file"));

        Assert.Equal(10, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("TEXT/HTML; charset=utf-8")]
    [InlineData("application/xhtml+xml")]
    [InlineData("text/xml")]
    [InlineData("text/javascript")]
    [InlineData("text/css")]
    [InlineData("application/x-shockwave-flash")]
    [InlineData("multipart/mixed")]
    [InlineData("nonsense\r\nSet-Cookie: a=b")]
    [InlineData("")]
    public async Task What_could_run_is_downloaded_as_bytes(string type)
    {
        _blob = new(Hash, 10, "page.html", type);

        var response = await _client.GetAsync("/file");

        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_drawing_works_as_an_image_and_is_inert_when_opened()
    {
        _blob = new(Hash, 10, "logo.svg", "image/svg+xml");

        var response = await _client.GetAsync("/file");

        Assert.Equal("image/svg+xml", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task A_name_with_umlauts_quotes_and_line_breaks_survives_and_breaks_nothing()
    {
        _blob = new(Hash, 10, "../a\"b\r\nX-Evil: 1 Übung.pdf", "application/pdf");

        var response = await _client.GetAsync("/file?download");

        Assert.False(response.Headers.Contains("X-Evil"));
        var disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal("attachment", disposition.DispositionType);
        Assert.EndsWith("Übung.pdf", disposition.FileNameStar);
        Assert.DoesNotContain("/", disposition.FileNameStar);
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> GetRangeAsync(RangeItemHeaderValue range)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/file");
        request.Headers.Range = new(range.From, range.To);
        return await _client.SendAsync(request);
    }
}
