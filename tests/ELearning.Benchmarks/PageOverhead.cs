using System.Net;
using System.Net.Http.Json;
using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>
/// What a tenant's page costs over bare Kestrel that serves the same bytes after the same read, from the same database
/// over the same kind of connection, under the same load.
/// </summary>
internal static class PageOverhead
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(4);

    public static async Task RunAsync(Bench bench)
    {
        foreach (var database in (Environment.GetEnvironmentVariable("PDB") ?? "Sqlite,Postgres").Split(','))
        {
            await using var host = await TestHost.StartAsync(database, watched: false);
            await using var site = await TestSite.StartAsync(host, "Hello", "TestAccounts");
            (await site.Browser.PostAsJsonAsync("/test/sign-in", new { person = await site.PersonAsync("Ada Byron") })).EnsureSuccessStatusCode();
            var bytes = await site.Browser.GetByteArrayAsync("/hello");
            await using var bare = await BareAsync(host, site.Tenant.Key, bytes);
            using var plain = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new(bare.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };

            await WarmAsync(plain, "/");
            await WarmAsync(site.Browser, "/hello");
            var (mine, theirs) = (0.0, 0.0);
            // In turns, so that whatever else the machine does meets both.
            for (var i = 0; i < 3; i++)
            {
                if (Environment.GetEnvironmentVariable("PONLY") is null) theirs += await LoadAsync(plain, "/");
                mine += await LoadAsync(site.Browser, "/hello");
            }
            var name = database.ToLowerInvariant();
            bench.Figure($"page-overhead.{name}.page", mine / 3, "requests/s");
            bench.Figure($"page-overhead.{name}.bare", theirs / 3, "requests/s");
            bench.Figure($"page-overhead.{name}", mine / theirs, "of bare Kestrel");
        }
    }

    // A page passes through much more code than the baseline, and the compiler takes its time with it: until three rounds bring nothing more.
    private static async Task WarmAsync(HttpClient client, string path)
    {
        var best = 0.0;
        for (var (rounds, slower) = (0, 0); rounds < 20 && slower < 3; rounds++)
        {
            var now = await LoadAsync(client, path);
            slower = now > best * 1.02 ? 0 : slower + 1;
            best = Math.Max(best, now);
        }
    }

    private static async Task<double> LoadAsync(HttpClient client, string path) => (await Bench.LoadAsync(8, Round, async _ =>
    {
        using var answer = await client.GetAsync(path);
        if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"{path} answered {answer.StatusCode}.");
        await answer.Content.CopyToAsync(Stream.Null);
    })).PerSecond;

    private static async Task<WebApplication> BareAsync(TestHost host, string tenantKey, byte[] bytes)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var store = host.Services.GetRequiredService<Engine>().Open(tenantKey);
        app.Run(async http =>
        {
            await new Db(store).ListAsync<Guid>($"SELECT id, name, text, left_at FROM greetings ORDER BY left_at DESC, id DESC LIMIT 20", http.RequestAborted);
            http.Response.ContentType = "text/html; charset=utf-8";
            http.Response.ContentLength = bytes.Length;
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        });
        await app.StartAsync();
        return app;
    }
}
