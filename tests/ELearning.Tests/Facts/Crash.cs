using System.Diagnostics;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Tests;

/// <summary>
/// A host in a process of its own. It first makes up for what its predecessor left, without a request to the tenant, and
/// checks that all is there once; then it works on until it dies at the point it was given.
/// </summary>
internal static class Crash
{
    public const int AllIsThere = 0;
    public const int NeverReached = 3;

    /// <param name="minutes">Every host's clock is so much later, so that nobody waits for leases of the dead.</param>
    public static async Task<int> RunAsync(string folder, string postgres, int minutes, string point)
    {
        var host = await TestHost.StartAsync(postgres == "" ? "Sqlite" : "Postgres", [new LendingFeature(), new LedgerFeature()],
            options => options with { DataFolder = folder, Postgres = postgres == "" ? null : postgres },
            builder => builder.Services.AddSingleton<TimeProvider>(new LaterClock(TimeSpan.FromMinutes(minutes))));
        if (host.Shells.Table.Find("school") is null)
            await host.Services.GetRequiredService<CreateTenant>().RunAsync(new("school", "School") { Features = ["Lending", "Ledger"] }, default);

        await SettleAsync(host);
        if (point == "") return AllIsThere;

        Faults.Next = point;
        await using var lease = await host.Shells.LeaseAsync("school", default);
        var book = Guid.NewGuid();
        for (var number = 1; number <= 3; number++) await LendAsync(lease, book, number);
        // One by itself, as number 0: it comes to the outbox by another way.
        await using (var scope = lease.OpenScope()) await scope.Services.GetRequiredService<Facts>().PublishAsync(new BookLent(Guid.NewGuid(), 0));
        await SettleAsync(host);
        return NeverReached;
    }

    // A fact and a job, in one transaction with rows that say so.
    private static async Task LendAsync(ShellLease lease, Guid book, int number)
    {
        await using var scope = lease.OpenScope();
        var db = scope.Services.GetRequiredService<Db>();
        await db.TransactAsync(async () =>
        {
            await db.ExecuteAsync($"INSERT INTO lent (book, number) VALUES ({book}, {number})");
            await scope.Services.GetRequiredService<Facts>().PublishAsync(new BookLent(book, number));
            var id = await scope.Services.GetRequiredService<Jobs>().EnqueueAsync(CountLoans.Name);
            await db.ExecuteAsync($"INSERT INTO asked (id) VALUES ({id})");
        });
        Faults.At("publish.committed");
    }

    private static async Task SettleAsync(TestHost host)
    {
        await using var store = host.Services.GetRequiredService<Engine>().Open(host.Shells.Table.Find("school")!.Tenant.Key);
        var (db, platform) = (new Db(store), host.Services.GetRequiredService<PlatformDb>().Open());
        var start = Stopwatch.GetTimestamp();
        while (await WrongAsync(db, platform, host.Services.GetRequiredService<TimeProvider>().GetUtcNow()) is { } wrong)
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(20)) throw new TimeoutException(wrong);
            await Task.Delay(20);
        }
    }

    private static async Task<string?> WrongAsync(Db db, Db platform, DateTimeOffset now)
    {
        if (await platform.FirstAsync<DateTimeOffset?>($"SELECT due_at FROM wakeups WHERE tenant = 'school'") is not { } due || due <= now) return "The tenant is still marked.";

        (string What, Sql Count)[] wrongs =
        [
            ("facts in the outbox", $"SELECT COUNT(*) FROM outbox"),
            ("jobs not done", $"SELECT COUNT(*) FROM jobs WHERE NOT scheduled AND state <> 'Done'"),
            ("jobs without effect", $"SELECT COUNT(*) FROM asked WHERE id NOT IN (SELECT id FROM counted)"),
            ("loans not written down once", $"""
                SELECT COUNT(*) FROM lent WHERE (SELECT COUNT(*) FROM ledger WHERE ledger.book = lent.book AND ledger.number = lent.number) <> 1
                """),
            ("loans undone and yet written down", $"""
                SELECT COUNT(*) FROM ledger
                WHERE number > 0 AND NOT EXISTS (SELECT 1 FROM lent WHERE lent.book = ledger.book AND lent.number = ledger.number)
                """),
            ("loans written down twice", $"SELECT COUNT(*) FROM ledger AS twice WHERE number >= 0 AND EXISTS (SELECT 1 FROM ledger WHERE ledger.book = twice.book AND ledger.number = twice.number AND ledger.id <> twice.id)"),
            ("loans out of order", $"""
                SELECT COUNT(*) FROM ledger JOIN ledger AS later ON later.book = ledger.book AND later.number > ledger.number AND later.id < ledger.id
                """),
        ];
        foreach (var (what, count) in wrongs)
            if (await db.FirstAsync<long?>(count) is not 0L and var found) return $"There are {found} {what}.";
        return null;
    }

    private sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
