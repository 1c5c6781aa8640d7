using System.Diagnostics;
using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

internal sealed record Measured(Guid Subject, int Number, DateTimeOffset At);

/// <summary>A handler that writes a row, as most do.</summary>
internal sealed class MeasuredFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Measured", "Measured", "Bench", "Facts that are counted.");

    public void Declare(FeatureBuilder f) => f
        .Fact<Measured>("measured", 1, fact => ("subject", fact.Subject))
        .On<Measured, Keep>()
        .Job<Start>(Start.Name)
        .Table("kept")
        .Schema($"CREATE TABLE kept (id UUID PRIMARY KEY, number INTEGER NOT NULL)");

    private sealed class Keep(Db db) : IFactHandler<Measured>
    {
        public async Task HandleAsync(Measured fact, CancellationToken ct)
        {
            await db.ExecuteAsync($"INSERT INTO kept (id, number) VALUES ({Guid.CreateVersion7()}, {fact.Number})", ct);
            Outbox.Handled(fact);
        }
    }

    internal sealed class Start : IJob
    {
        public const string Name = "start";

        public Task RunAsync(JobRun run, CancellationToken ct)
        {
            JobStart.Started(run.Id);
            return Task.CompletedTask;
        }
    }
}

/// <summary>Facts from publish to acknowledged, each published in a transaction of its own by eight publishers.</summary>
internal static class Outbox
{
    private static readonly List<double> Lags = [];
    private static int _handled;

    public static async Task RunAsync(Bench bench)
    {
        foreach (var engine in new[] { "Sqlite", "Postgres" })
        {
            await using var host = await TestHost.StartAsync(engine, [new MeasuredFeature()], options => options with { DataFolder = Path.Combine(bench.Folder, engine) }, watched: false);
            await using var site = await TestSite.StartAsync(host, "Measured");
            var name = engine.ToLowerInvariant();
            await PublishAsync(site, publishers: 8, facts: 500);

            var facts = bench.IsLong ? 100_000 : 10_000;
            var seconds = await PublishAsync(site, publishers: 8, facts);
            bench.Figure($"outbox.{name}.rate", facts / seconds, "facts/s");

            // The lag is that of a site that is not flooded: a fact every few milliseconds.
            Lags.Clear();
            for (var i = 0; i < 300; i++)
            {
                await PublishAsync(site, publishers: 1, facts: 1);
                await Task.Delay(3);
            }
            bench.Percentiles($"outbox.{name}.lag", Lags);
        }
    }

    public static void Handled(Measured fact)
    {
        lock (Lags) Lags.Add((DateTimeOffset.UtcNow - fact.At).TotalMilliseconds);
        Interlocked.Increment(ref _handled);
    }

    private static async Task<double> PublishAsync(TestSite site, int publishers, int facts)
    {
        _handled = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, publishers).Select(publisher => Task.Run(async () =>
        {
            await using var lease = await site.Host.Shells.LeaseAsync(site.Name, default);
            var subject = Guid.NewGuid();
            for (var i = publisher; i < facts; i += publishers)
            {
                if (i / publishers % 10 == 0) subject = Guid.NewGuid();
                await using var scope = lease.OpenScope();
                await scope.Services.GetRequiredService<Facts>().PublishAsync(new Measured(subject, i, DateTimeOffset.UtcNow));
            }
        })));
        while (Volatile.Read(ref _handled) < facts) await Task.Delay(1);
        while ((await site.QueryAsync<long>($"SELECT COUNT(*) FROM outbox"))[0] > 0) await Task.Delay(1);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
