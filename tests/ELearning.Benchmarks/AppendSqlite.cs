using ELearning.Data;

namespace ELearning;

/// <summary>Durable small writes from 64 writers: gathered by AppendAsync, against a transaction for each row.</summary>
internal static class AppendSqlite
{
    private const int Writers = 64;

    public static async Task RunAsync(Bench bench)
    {
        await using var engine = new SqliteEngine(Path.Combine(bench.Folder, "sqlite"));
        await engine.StartAsync(default);
        await engine.CreateAsync("a", default);
        await MeasureAsync(bench, "append.sqlite", engine, TimeSpan.FromSeconds(bench.IsLong ? 15 : 4));
        await Fsync.RunAsync(bench);
    }

    private static async Task MeasureAsync(Bench bench, string name, Engine engine, TimeSpan duration)
    {
        await new Db(engine.OpenAsOwner("a")).ExecuteAsync($"""
            CREATE TABLE progress (person UUID NOT NULL, node BIGINT NOT NULL, seconds BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL, PRIMARY KEY (person, node))
            """);
        var store = engine.Open("a");
        var people = Array.ConvertAll(new int[Writers], _ => Guid.CreateVersion7());
        var nodes = new long[Writers];

        Task Together(int writer) => new Db(store).AppendAsync([Write(writer)]);

        async Task Singly(int writer)
        {
            var db = new Db(store);
            await db.TransactAsync(() => db.ExecuteAsync(Write(writer)));
        }

        Sql Write(int writer) => $"""
            INSERT INTO progress (person, node, seconds, at) VALUES ({people[writer]}, {nodes[writer]++ % 500}, {30}, {DateTimeOffset.UtcNow})
            ON CONFLICT (person, node) DO UPDATE SET seconds = progress.seconds + excluded.seconds, at = excluded.at
            """;

        await Bench.LoadAsync(Writers, TimeSpan.FromSeconds(1), Together);
        var single = await Bench.LoadAsync(Writers, duration, Singly);
        var together = await Bench.LoadAsync(Writers, duration, Together);
        bench.Figure($"{name}.rate", together.PerSecond, "writes/s");
        bench.Figure($"{name}.single", single.PerSecond, "writes/s");
        bench.Figure($"{name}.gain", together.PerSecond / single.PerSecond, "x");
        bench.Figure($"{name}.p95", Bench.Percentile([.. together.Milliseconds.Order()], 95), "ms");
    }
}
