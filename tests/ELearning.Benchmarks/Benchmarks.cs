namespace ELearning;

internal static class Benchmarks
{
    public static readonly Benchmark[] All =
    [
        new("fsync", Fsync.RunAsync),
        new("append.sqlite", AppendSqlite.RunAsync),
        new("append.postgres", AppendPostgres.RunAsync),
        new("pg-tenants", PgTenants.RunAsync),
        new("tenant-activation", Tenancy.ActivationAsync),
        new("feature-toggle", Tenancy.ToggleAsync),
        new("tenant-create", Tenancy.CreateAsync),
        new("tenant-create.academy", TenantDesk.CreateAsync),
        new("tenants", TenantDesk.ListAsync),
        new("host-start", Tenancy.StartAsync),
        new("page-overhead", PageOverhead.RunAsync),
        new("settings-spread", SettingsSpread.RunAsync),
        new("outbox", Outbox.RunAsync),
        new("job-start", JobStart.RunAsync),
        new("sign-in-post", SignInBench.PostAsync),
        new("sign-in", SignInBench.PageAsync),
        new("people", PeopleBench.PeopleAsync),
        new("audit", PeopleBench.AuditAsync),
        new("dashboard", PeopleBench.DashboardAsync),
        new("import.sqlite", bench => ImportPeople.RunAsync(bench, "Sqlite")),
        new("import.postgres", bench => ImportPeople.RunAsync(bench, "Postgres")),
    ];
}
