using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>From the call that enqueues a job to its first line.</summary>
internal static class JobStart
{
    private static readonly ConcurrentDictionary<Guid, TaskCompletionSource<long>> Waiting = new();

    public static async Task RunAsync(Bench bench)
    {
        foreach (var engine in new[] { "Sqlite", "Postgres" })
        {
            await using var host = await TestHost.StartAsync(engine, [new MeasuredFeature()], options => options with { DataFolder = Path.Combine(bench.Folder, engine) }, watched: false);
            await using var site = await TestSite.StartAsync(host, "Measured");
            var times = new List<double>();
            for (var i = 0; i < 220; i++)
            {
                var before = Stopwatch.GetTimestamp();
                var id = await site.RunAsync(services => services.GetRequiredService<Jobs>().EnqueueAsync(MeasuredFeature.Start.Name));
                var started = await Waiting.GetOrAdd(id, _ => new()).Task.WaitAsync(TimeSpan.FromSeconds(30));
                if (i >= 20) times.Add(Stopwatch.GetElapsedTime(before, started).TotalMilliseconds);
                await Task.Delay(5);
            }
            bench.Percentiles(engine == "Sqlite" ? "job-start" : "job-start.postgres", times);
        }
    }

    public static void Started(Guid id) => Waiting.GetOrAdd(id, _ => new()).TrySetResult(Stopwatch.GetTimestamp());
}
