using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ELearning.Data;
using Npgsql;

namespace ELearning;

/// <summary>
/// Many schemas behind few connections. A back end remembers every table that it has touched and never forgets one, so
/// what is measured is its memory after each tenant was visited in full three times.
/// </summary>
internal static class PgTenants
{
    private const int Tables = 60;
    private const int Visitors = 4;

    public static async Task RunAsync(Bench bench)
    {
        var tenants = bench.IsLong ? 1000 : 50;
        var database = new NpgsqlConnectionStringBuilder(Bench.Postgres) { Database = "bench_tenants" };
        await using var engine = new PostgresEngine(database.ConnectionString, "tenants");
        await engine.StartAsync(default);
        bench.Figure("pg-tenants.tenants", tenants, "");
        bench.Percentiles("pg-tenants.create", await Bench.TimeAsync(tenants, i => CreateAsync(engine, $"tenant{i}")));

        var enter = new ConcurrentBag<double>();
        var visit = new ConcurrentBag<double>();
        for (var round = 0; round < 3; round++)
            await Parallel.ForAsync(0, tenants, new ParallelOptions { MaxDegreeOfParallelism = Visitors }, async (i, ct) =>
            {
                var db = new Db(engine.Open($"tenant{i}"));
                var start = Stopwatch.GetTimestamp();
                await db.FirstAsync<long?>($"SELECT 1::bigint", ct);
                enter.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                for (var table = 0; table < Tables; table++)
                    await db.FirstAsync<string>($"SELECT name FROM {Sql.Name($"table{table}")} WHERE course_id = {Guid.Empty} ORDER BY name LIMIT 1", ct);
                visit.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            });

        bench.Percentiles("pg-tenants.enter", enter);
        bench.Percentiles("pg-tenants.visit", visit);
        var (backEnds, bytes, largest) = await MemoryAsync(database.ConnectionString);
        bench.Figure("pg-tenants.backends", backEnds, "");
        bench.Figure("pg-tenants.backend-max", largest / 1e6, "MB");
        bench.Figure("pg-tenants.memory", bytes / 1e6, "MB");
    }

    private static async Task CreateAsync(PostgresEngine engine, string tenant)
    {
        await engine.CreateAsync(tenant, default);
        var owner = new Db(engine.OpenAsOwner(tenant));
        await owner.TransactAsync(async () =>
        {
            for (var i = 0; i < Tables; i++)
            {
                var table = Sql.Name($"table{i}");
                await owner.ExecuteAsync($"CREATE TABLE {table} (id UUID PRIMARY KEY, course_id UUID NOT NULL, name TEXT NOT NULL, body JSONB, points BIGINT NOT NULL, at TIMESTAMPTZ NOT NULL)");
                await owner.ExecuteAsync($"CREATE INDEX {Sql.Name($"table{i}_by_course")} ON {table} (course_id, name)");
                await owner.ExecuteAsync($"CREATE INDEX {Sql.Name($"table{i}_by_time")} ON {table} (at, id)");
            }
        });
    }

    // What is a back end's own (RssAnon): the shared buffers that it has mapped are everybody's.
    private static async Task<(int BackEnds, long Bytes, long Largest)> MemoryAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var sizes = new List<long>();
        while (await reader.ReadAsync())
        {
            var own = (await File.ReadAllLinesAsync($"/proc/{reader.GetInt32(0)}/status")).Single(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
            sizes.Add(long.Parse(own.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024);
        }
        return (sizes.Count, sizes.Sum(), sizes.Max());
    }
}
