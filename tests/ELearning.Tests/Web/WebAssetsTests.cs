using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace ELearning.Web;

/// <summary>Style sheets and scripts as a browser gets them.</summary>
public sealed partial class WebAssetsTests
{
    [Fact]
    public async Task The_first_page_asks_for_little()
    {
        await using var site = await TestSite.StartAsync("Sqlite", "Hello");
        var page = await site.Browser.GetStringAsync("/hello");
        var (styles, scripts) = (0L, 0L);
        var paths = Assets().Matches(page).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Contains(paths, path => path.EndsWith(".css", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.EndsWith(".js", StringComparison.Ordinal));
        foreach (var path in paths)
        {
            using var answer = await GetAsync(site, path, "br, gzip");
            Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
            var bytes = await answer.Content.ReadAsByteArrayAsync();
            if (path.EndsWith(".css", StringComparison.Ordinal)) styles += bytes.Length;
            if (path.EndsWith(".js", StringComparison.Ordinal)) scripts += bytes.Length;
        }

        Assert.InRange(styles, 1, 40_000);
        Assert.InRange(scripts, 1, 60_000);
    }

    [Fact]
    public async Task An_asset_is_kept_for_ever_and_comes_as_the_browser_can_read_it()
    {
        await using var site = await TestSite.StartAsync("Sqlite", "Hello");
        var path = Assets().Match(await site.Browser.GetStringAsync("/hello")).Groups[1].Value;

        using var plain = await GetAsync(site, path, null);
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Equal("public, max-age=31536000, immutable", plain.Headers.CacheControl!.ToString());
        Assert.Equal(["Accept-Encoding"], plain.Headers.Vary);
        Assert.Equal("text/css; charset=utf-8", plain.Content.Headers.ContentType!.ToString());

        using var packed = await GetAsync(site, path, "gzip");
        Assert.Equal(["gzip"], packed.Content.Headers.ContentEncoding);
        await using var unpacked = new GZipStream(await packed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        Assert.Equal(await plain.Content.ReadAsStringAsync(), await new StreamReader(unpacked).ReadToEndAsync());

        // Nothing is found under the name that was written, nor anything beside the assets.
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/_content/manifest.json")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await site.Browser.GetAsync("/_content/ELearning.BaseTheme/site.css")).StatusCode);
    }

    [Fact]
    public async Task What_changes_gets_another_name_and_all_else_keeps_its_own()
    {
        var root = Directory.CreateTempSubdirectory("elearning-web-").FullName;
        var client = Path.Combine(root, "src/Modules/ELearning.Sample/Client");
        Directory.CreateDirectory(client);
        Directory.CreateDirectory(Path.Combine(root, "scripts"));
        File.Copy(Path.Combine(Repository(), "scripts/web.mjs"), Path.Combine(root, "scripts/web.mjs"));
        File.Copy(Path.Combine(Repository(), "package-lock.json"), Path.Combine(root, "package-lock.json"));
        File.CreateSymbolicLink(Path.Combine(root, "node_modules"), Path.Combine(Repository(), "node_modules"));
        await File.WriteAllTextAsync(Path.Combine(client, "one.css"), "p { color: red }");
        await File.WriteAllTextAsync(Path.Combine(client, "two.js"), "console.log('two')");
        try
        {
            await BundleAsync(root);
            var before = WebAssets.Load(Path.Combine(root, "artifacts/web"));

            await File.WriteAllTextAsync(Path.Combine(client, "one.css"), "p { color: blue }");
            await BundleAsync(root);
            var after = WebAssets.Load(Path.Combine(root, "artifacts/web"));

            Assert.NotEqual(before.Path("ELearning.Sample/one.css"), after.Path("ELearning.Sample/one.css"));
            Assert.Equal(before.Path("ELearning.Sample/two.js"), after.Path("ELearning.Sample/two.js"));
            Assert.Contains("icon nothing-of-the-kind", Assert.Throws<ArgumentException>(() => after.Icon("nothing-of-the-kind")).Message);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task BundleAsync(string root)
    {
        using var node = Process.Start(new ProcessStartInfo("node", ["scripts/web.mjs"]) { WorkingDirectory = root, RedirectStandardError = true })!;
        var said = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, said);
    }

    private static async Task<HttpResponseMessage> GetAsync(TestSite site, string path, string? encodings)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (encodings is not null) request.Headers.Add("Accept-Encoding", encodings);
        var answer = await site.Browser.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ELearning.sln"))) folder = folder.Parent!; // the tests run inside the repository
        return folder.FullName;
    }

    [GeneratedRegex("\"(/_content/[^\"#]+\\.(?:css|js))\"")]
    private static partial Regex Assets();
}
