using ELearning.Data;
using Npgsql;

namespace ELearning;

/// <summary>Durable small writes of 64 writers into one tenant through AppendAsync, against a transaction each.</summary>
internal static class AppendPostgres
{
    private const int Writers = 64;

    public static async Task RunAsync(Bench bench)
    {
        var database = new NpgsqlConnectionStringBuilder(Bench.Postgres) { Database = "bench_append" };
        await using var engine = new PostgresEngine(database.ConnectionString, "append");
        await engine.StartAsync(default);
        await engine.CreateAsync("math", default);
        await new Db(engine.OpenAsOwner("math")).ExecuteAsync(
            $"CREATE TABLE attempts (id UUID PRIMARY KEY, person_id UUID NOT NULL, node TEXT NOT NULL, points BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL)");
        await using var store = engine.Open("math");
        var time = TimeSpan.FromSeconds(bench.IsLong ? 30 : 8);
        await Bench.LoadAsync(Writers, TimeSpan.FromSeconds(2), _ => store.AppendAsync([Attempt()], default));

        var (rate, times) = await Bench.LoadAsync(Writers, time, _ => store.AppendAsync([Attempt()], default));
        var (single, _) = await Bench.LoadAsync(Writers, time / 2, _ => new Db(store).ExecuteAsync(Attempt()));

        bench.Figure("append.postgres.rate", rate, "/s");
        bench.Figure("append.postgres.single", single, "/s");
        bench.Figure("append.postgres.gain", rate / single, "times");
        bench.Percentiles("append.postgres", times);
    }

    private static Sql Attempt() =>
        $"INSERT INTO attempts (id, person_id, node, points, at) VALUES ({Guid.CreateVersion7()}, {Guid.NewGuid()}, {"lesson-1"}, {7L}, {DateTimeOffset.UtcNow})";
}
