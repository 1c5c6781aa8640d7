using System.Diagnostics;
using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning.Tests;

/// <summary>Two hosts of one installation on PostgreSQL: one database, and one key in the folder that they share.</summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    private readonly EmptyEngine _databases;

    private TwoHosts(EmptyEngine databases, TestHost first, TestHost second) => (_databases, First, Second) = (databases, first, second);

    public TestHost First { get; }

    public TestHost Second { get; }

    /// <param name="modules">Of each host; those of all tests when null.</param>
    /// <param name="configure">The second one's services.</param>
    public static async Task<TwoHosts> StartAsync(Func<string, IFeature[]>? modules = null, Action<WebApplicationBuilder>? configure = null)
    {
        var databases = EmptyEngine.Make();
        var first = await StartAsync(databases, modules?.Invoke("first"));
        return new(databases, first, await StartAsync(databases, modules?.Invoke("second"), configure));
    }

    public static Task<TestHost> StartAsync(EmptyEngine databases, IFeature[]? modules = null, Action<WebApplicationBuilder>? configure = null) =>
        TestHost.StartAsync("Postgres", modules, options => options with { DataFolder = databases.Folder, Postgres = databases.Connection }, configure);

    /// <summary>A host in a process of its own, whose jobs never end. Says so when the first has begun.</summary>
    public static async Task<int> WorkUntilKilledAsync(string folder, string postgres, string school)
    {
        var host = await TestHost.StartAsync("Postgres", [new WorkFeature("doomed", hangs: true)], options => options with { DataFolder = folder, Postgres = postgres });
        await EnqueueAsync(host, school, 20);
        while (await CountAsync(host, school, $"SELECT COUNT(*) FROM begun WHERE host = 'doomed'") == 0) await Task.Delay(20);
        await Console.Out.WriteLineAsync("begun");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    public static async Task EnqueueAsync(TestHost host, string tenant, int jobs)
    {
        await using var lease = await host.Shells.LeaseAsync(tenant, default);
        for (var i = 0; i < jobs; i++)
        {
            await using var scope = lease.OpenScope();
            await scope.Services.GetRequiredService<Jobs>().EnqueueAsync(Work.Name);
        }
    }

    public static async Task<long> CountAsync(TestHost host, string tenant, Sql count)
    {
        await using var lease = await host.Shells.LeaseAsync(tenant, default);
        await using var scope = lease.OpenScope();
        return await scope.Services.GetRequiredService<Db>().FirstAsync<long?>(count) ?? 0;
    }

    public static async Task<TimeSpan> UntilAsync(Func<Task<bool>> isSo, TimeSpan atMost, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            if (Stopwatch.GetElapsedTime(start) > atMost) throw new TimeoutException($"Not within {atMost}: {what}");
            await Task.Delay(10);
        }
        return Stopwatch.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
        await _databases.DisposeAsync();
    }
}

/// <summary>A bus on which every message is lost.</summary>
internal sealed class DeafBus(Engine engine, ILogger<PostgresBus> log) : IBus, IAsyncDisposable
{
    private readonly PostgresBus _inner = new((PostgresEngine)engine, log);

    public Task NotifyAsync(Db db, Topic topic, string tenant, long version, CancellationToken ct) => Task.CompletedTask;

    public IDisposable Subscribe(Topic topic, Func<string, long, CancellationToken, Task> onMessage, Func<CancellationToken, Task>? poll = null) =>
        _inner.Subscribe(topic, (_, _, _) => Task.CompletedTask, poll);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}

/// <summary>A bus that never polls: what is known came by message.</summary>
internal sealed class UnpolledBus(Engine engine, ILogger<PostgresBus> log) : IBus, IAsyncDisposable
{
    private readonly PostgresBus _inner = new((PostgresEngine)engine, log, poll: TimeSpan.FromHours(1));

    public Task NotifyAsync(Db db, Topic topic, string tenant, long version, CancellationToken ct) => _inner.NotifyAsync(db, topic, tenant, version, ct);

    public IDisposable Subscribe(Topic topic, Func<string, long, CancellationToken, Task> onMessage, Func<CancellationToken, Task>? poll = null) =>
        _inner.Subscribe(topic, onMessage, poll);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
