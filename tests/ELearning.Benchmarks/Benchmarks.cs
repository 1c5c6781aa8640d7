namespace ELearning;

internal static class Benchmarks
{
    public static readonly Benchmark[] All =
    [
        new("fsync", Fsync.RunAsync),
        new("append.sqlite", AppendSqlite.RunAsync),
        new("append.postgres", AppendPostgres.RunAsync),
        new("pg-tenants", PgTenants.RunAsync),
        new("outbox", Outbox.RunAsync),
        new("job-start", JobStart.RunAsync),
    ];
}
