using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ELearning;

/// <summary>
/// The real host on a loopback port. Tests share one for each engine, since a test is a tenant; only tests of start-up,
/// crashes and several hosts start their own.
/// </summary>
public sealed class TestHost : IAsyncDisposable
{
    // The runner has no fixture for a whole assembly, so this holder is the one exception to "no static state".
    private static readonly ConcurrentDictionary<string, Lazy<Task<TestHost>>> Shared = new();

    private readonly WebApplication _app;
    private readonly bool _sharesDatabases;

    private TestHost(WebApplication app, KernelOptions options, bool sharesDatabases)
    {
        _app = app;
        _sharesDatabases = sharesDatabases;
        Options = options;
        Address = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public KernelOptions Options { get; }

    public Uri Address { get; }

    /// <summary>For another host to go on with, when this one has ended.</summary>
    public bool KeepsData { get; set; }

    /// <summary>What tenants of all hosts of this run have asked their databases, for the parity test.</summary>
    internal static ParityRecorder Seen { get; } = new();

    public IServiceProvider Services => _app.Services;

    internal ShellHost Shells => Services.GetRequiredService<ShellHost>();

    /// <param name="database"><c>Sqlite</c> or <c>Postgres</c>.</param>
    public static Task<TestHost> SharedAsync(string database) =>
        Shared.GetOrAdd(database, name => new(() => StartAsync(name))).Value;

    /// <param name="watched">Statements are counted and remembered; a benchmark measures without that.</param>
    public static async Task<TestHost> StartAsync(
        string database, IReadOnlyList<IFeature>? modules = null, Func<KernelOptions, KernelOptions>? options = null, Action<WebApplicationBuilder>? configure = null,
        bool watched = true)
    {
        var own = new KernelOptions
        {
            DataFolder = Directory.CreateTempSubdirectory("elearning-test-").FullName,
            Listen = "http://127.0.0.1:0",
            Postgres = database == "Postgres" ? NewPostgres() : null,
        };
        var chosen = options?.Invoke(own) ?? own;
        var app = await KernelHost.BuildAsync(chosen, modules ?? [.. Modules.All, .. TestFeatures.All], builder =>
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            // Style sheets are found by the name of the program that runs, which is the test runner.
            builder.WebHost.UseSetting(WebHostDefaults.StaticWebAssetsKey, Path.Combine(AppContext.BaseDirectory, "ELearning.Host.staticwebassets.runtime.json"));
            builder.WebHost.UseStaticWebAssets();
            if (watched) builder.Services.AddScoped(TellStatements);
            configure?.Invoke(builder);
        });
        if (watched) Seen.Listen(app.Services.GetRequiredService<Engine>());
        await app.StartAsync();
        if (chosen.DataFolder != own.DataFolder) Directory.Delete(own.DataFolder);
        return new(app, chosen, sharesDatabases: chosen.Postgres != own.Postgres);
    }

    /// <summary>A browser that resolves every name to this host: <c>*.localhost</c> is not known to the system's resolver.</summary>
    public HttpClient Browser(string host, string path = "/")
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = true,
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Address.Port), ct);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new(handler)
        {
            BaseAddress = new($"http://{host}:{Address.Port}{path}"),
            // As browsers say of what a page of the same site sends.
            DefaultRequestHeaders = { { "Sec-Fetch-Site", "same-origin" } },
        };
    }

    /// <summary>As the operating system asks it to: what runs may end.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        // Those of several hosts are dropped by whoever made them.
        if (_sharesDatabases || KeepsData) return;

        Directory.Delete(Options.DataFolder, recursive: true);
        if (Options.Postgres is { } connection) await DropPostgresAsync(connection);
    }

    // A browser is told by a header how many statements its request has cost: a test's own requests, whatever others send meanwhile.
    private static StatementMeter TellStatements(IServiceProvider services)
    {
        var meter = new StatementMeter();
        if (services.GetRequiredService<IHttpContextAccessor>().HttpContext is { Response: { HasStarted: false } response })
            response.OnStarting(() =>
            {
                response.Headers[TestSite.StatementsHeader] = meter.Count.ToString(CultureInfo.InvariantCulture);
                return Task.CompletedTask;
            });
        return meter;
    }

    private static string NewPostgres()
    {
        var server = Environment.GetEnvironmentVariable("ELEARNING_TEST_POSTGRES")
            ?? throw new InvalidOperationException("ELEARNING_TEST_POSTGRES names no server. ./test starts one and sets it.");
        return new NpgsqlConnectionStringBuilder(server) { Database = $"el_{Guid.NewGuid().ToString("N")[..12]}" }.ConnectionString;
    }

    private static async Task DropPostgresAsync(string connection)
    {
        var name = new NpgsqlConnectionStringBuilder(connection).Database;
        await using var server = NpgsqlDataSource.Create(Environment.GetEnvironmentVariable("ELEARNING_TEST_POSTGRES")!);
        await using var drop = server.CreateCommand($"DROP DATABASE IF EXISTS \"{name}\"");
        try
        {
            await drop.ExecuteNonQueryAsync();
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            // The server's own vacuum holds it at times, and only a superuser could send it away. The cluster goes with the run.
        }
    }
}
