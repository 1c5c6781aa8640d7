using System.Diagnostics;
using System.Net;
using System.Runtime;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>What a tenant costs: to wake, to keep, to let go, to make, to switch.</summary>
internal static class Tenancy
{
    private const string Page = "/hello";

    /// <summary>Waking a tenant, what a thousand of them weigh, and what comes back.</summary>
    public static async Task ActivationAsync(Bench bench)
    {
        var count = 1000;
        await using var host = await TestHost.StartAsync("Sqlite", GeneratedModules.All, watched: false);
        var names = await CreateAsync(host, count);
        await host.Shells.EvictAsync(TimeSpan.Zero);
        using var browsers = new Browsers(host, names);

        // Two tenants first, so that compiling what all share is not charged to the measured ones.
        foreach (var name in names.Take(20)) await FourPagesAsync(browsers, name);
        await host.Shells.EvictAsync(TimeSpan.Zero);

        bench.Percentiles("tenant-activation", await Bench.TimeAsync(200, async i =>
        {
            await using var lease = await host.Shells.LeaseAsync(names[100 + i], CancellationToken.None);
        }));
        bench.Percentiles("tenant-first-request", await Bench.TimeAsync(200, i => browsers.GetAsync(names[400 + i], Page)));

        await host.Shells.EvictAsync(TimeSpan.Zero);
        ((SqliteEngine)host.Services.GetRequiredService<Engine>()).CloseIdle(TimeSpan.Zero);
        var before = Heap();
        foreach (var name in names) await FourPagesAsync(browsers, name);
        ((SqliteEngine)host.Services.GetRequiredService<Engine>()).CloseIdle(TimeSpan.Zero);
        var active = Heap();
        bench.Figure("tenant-memory", (active - before) / 1024.0 / count, "KB");
        using (var process = Process.GetCurrentProcess()) bench.Figure("tenants-1000.rss", process.WorkingSet64 / 1048576.0, "MB");
        bench.Figure("tenants-1000.active", host.Shells.Active.Count(), "shells");

        await host.Shells.EvictAsync(TimeSpan.Zero);
        // The last requests' scopes and the grace of retired shells end on other threads.
        await Task.Delay(500);
        var evicted = Heap();
        bench.Figure("tenant-evict.returned", 100.0 * (active - evicted) / (active - before), "%");

        await FourPagesAsync(browsers, names[0]);
        for (var i = 0; i < 20; i++) await ReloadAsync(host, names[0], browsers);
        var settled = Heap();
        for (var i = 0; i < 200; i++) await ReloadAsync(host, names[0], browsers);
        await Task.Delay(500);
        bench.Figure("shell-reload-200.growth", 100.0 * (Heap() - settled) / settled, "%");
    }

    /// <summary>On and off, as seen from outside, with four clients who must not notice.</summary>
    public static async Task ToggleAsync(Bench bench)
    {
        await using var host = await TestHost.StartAsync("Sqlite", GeneratedModules.All, watched: false);
        var names = await CreateAsync(host, 21);
        using var browsers = new Browsers(host, names);
        var features = host.Services.GetRequiredService<SwitchFeatures>();
        foreach (var name in names) await browsers.GetAsync(name, Page);

        using var stop = new CancellationTokenSource();
        long failed = 0, answered = 0;
        var load = Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (var i = worker; !stop.IsCancellationRequested; i++)
            {
                if (await browsers.StatusAsync(names[i % names.Length], Page) != HttpStatusCode.OK) Interlocked.Increment(ref failed);
                Interlocked.Increment(ref answered);
            }
        })).ToArray();

        // A tenant's first time runs the migrations; every tenant but the warm-up's is switched on once and off once.
        await features.EnableAsync(names[0], ["ThreeMigrations"], CancellationToken.None);
        var times = await Bench.TimeAsync(20, async i =>
        {
            await features.EnableAsync(names[1 + i], ["ThreeMigrations"], CancellationToken.None);
            if (await browsers.StatusAsync(names[1 + i], "/three") != HttpStatusCode.OK) Interlocked.Increment(ref failed);
        });
        var off = await Bench.TimeAsync(20, async i =>
        {
            await features.DisableAsync(names[1 + i], ["ThreeMigrations"], dependents: false, CancellationToken.None);
            if (await browsers.StatusAsync(names[1 + i], "/three") != HttpStatusCode.NotFound) Interlocked.Increment(ref failed);
        });
        await stop.CancelAsync();
        await Task.WhenAll(load);

        bench.Percentiles("feature-toggle", [.. times, .. off]);
        bench.Figure("feature-toggle.failed", failed, "requests");
        bench.Figure("feature-toggle.answered", answered, "requests");
    }

    /// <summary>A tenant with its first page, when a thousand are there already.</summary>
    public static async Task CreateAsync(Bench bench)
    {
        foreach (var database in new[] { "Sqlite", "Postgres" })
        {
            await using var host = await TestHost.StartAsync(database, watched: false);
            await CreateAsync(host, 1000, ["Hello"]);
            var create = host.Services.GetRequiredService<CreateTenant>();
            bench.Percentiles($"tenant-create.hello.{database.ToLowerInvariant()}", await Bench.TimeAsync(50, async i =>
            {
                var made = await create.RunAsync(new($"new{i}", "New") { Hosts = [$"new{i}.localhost"], Features = ["Hello"] }, CancellationToken.None);
                if (made.Refusal is { } why) throw new InvalidOperationException(why);
                using var browser = host.Browser($"new{i}.localhost");
                (await browser.GetAsync(Page)).EnsureSuccessStatusCode();
            }));
        }
    }

    /// <summary>From nothing to ready, in a process of its own, with a thousand tenants known.</summary>
    public static async Task StartAsync(Bench bench)
    {
        var folder = Path.Combine(bench.Folder, "data");
        await using (var host = await TestHost.StartAsync("Sqlite", Modules.All, options => options with { DataFolder = folder }, watched: false))
        {
            host.KeepsData = true;
            await CreateAsync(host, 1000, ["Hello"]);
        }

        var port = FreePort();
        using var client = new HttpClient();
        var times = await Bench.TimeAsync(5, async _ =>
        {
            using var process = Process.Start(new ProcessStartInfo("dotnet",
                [Path.Combine(AppContext.BaseDirectory, "ELearning.Host.dll"), "--data", folder, "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture), "--no-demo"])
            { RedirectStandardOutput = true })!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            while (!await IsReadyAsync(client, port)) await Task.Delay(5);
            process.Kill();
            await process.WaitForExitAsync();
        });
        bench.Percentiles("host-start", times);
    }

    private static async Task<bool> IsReadyAsync(HttpClient client, int port)
    {
        try
        {
            return (await client.GetAsync($"http://127.0.0.1:{port}/health/ready")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<string[]> CreateAsync(TestHost host, int count, string[]? features = null)
    {
        var create = host.Services.GetRequiredService<CreateTenant>();
        var names = Enumerable.Range(0, count).Select(i => $"tenant{i}").ToArray();
        foreach (var name in names)
        {
            var made = await create.RunAsync(new(name, "A tenant") { Hosts = [$"{name}.localhost"], Features = features ?? GeneratedModules.On }, CancellationToken.None);
            if (made.Refusal is { } why) throw new InvalidOperationException(why);
            // As they will be: a thousand known and none awake.
            if (host.Shells.Active.Count() > 50) await host.Shells.EvictAsync(TimeSpan.Zero);
        }
        return names;
    }

    private static async Task FourPagesAsync(Browsers browsers, string name)
    {
        for (var i = 0; i < 2; i++)
        {
            await browsers.GetAsync(name, Page);
            await browsers.GetAsync(name, "/hello/greetings");
        }
    }

    private static async Task ReloadAsync(TestHost host, string name, Browsers browsers)
    {
        await host.Shells.ChangeAsync(host.Shells.Table.Find(name)!.Tenant, tenant => tenant with { Title = tenant.Title });
        await FourPagesAsync(browsers, name);
    }

    private static long Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>One connection pool for all: a client a tenant would be weighed with the tenants.</summary>
    private sealed class Browsers(TestHost host, string[] names) : IDisposable
    {
        private readonly HttpClient _client = host.Browser("localhost");

        public async Task GetAsync(string name, string path)
        {
            if (await StatusAsync(name, path) is not HttpStatusCode.OK and var status) throw new InvalidOperationException($"{name}{path} answered {status}; there are {names.Length} tenants.");
        }

        public async Task<HttpStatusCode> StatusAsync(string name, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = $"{name}.localhost" } };
            using var answer = await _client.SendAsync(request);
            await answer.Content.CopyToAsync(Stream.Null);
            return answer.StatusCode;
        }

        public void Dispose() => _client.Dispose();
    }
}
