using ELearning.Data;

namespace ELearning.Tests;

internal sealed record BookLent(Guid Book, int Number, string? Reader = null);

/// <summary>Two features for these tests: one that lends books, one that writes every loan down.</summary>
internal sealed class LendingFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Lending", "Lending", "Test", "Lends books.");

    public void Declare(FeatureBuilder f) => f
        .Fact<BookLent>("book-lent", 1, fact => ("book", fact.Book))
        .Job<CountLoans>(CountLoans.Name);
}

internal sealed class LedgerFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Ledger", "Ledger", "Test", "Writes loans down.");

    public void Declare(FeatureBuilder f) => f
        .On<BookLent, WriteDown>()
        .Job<Tidy>(Tidy.Name, Schedule.Daily(new(2, 30)))
        .Table("lent")
        .Table("asked")
        .Table("ledger")
        .Table("counted")
        .Schema(
            $"CREATE TABLE lent (book UUID NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (book, number))",
            $"CREATE TABLE asked (id UUID PRIMARY KEY)",
            $"CREATE TABLE ledger (id BIGINT PRIMARY KEY, book UUID NOT NULL, number INTEGER NOT NULL, times INTEGER NOT NULL)",
            $"CREATE TABLE counted (id UUID PRIMARY KEY, times INTEGER NOT NULL)");
}

/// <summary>Keeps order and count: <c>id</c> is the place in the ledger, <c>times</c> how often a loan was written.</summary>
internal sealed class WriteDown(Db db) : IFactHandler<BookLent>, IBackfill
{
    /// <summary>Loans of this number fail as long as it says so.</summary>
    public const int Torn = 13;

    /// <summary>Loans of this number are never done with.</summary>
    public const int Endless = -77;

    public static readonly HashSet<Guid> TornBooks = [];

    public async Task HandleAsync(BookLent fact, CancellationToken ct)
    {
        await db.ExecuteAsync($"""
            INSERT INTO ledger (id, book, number, times) SELECT COALESCE(MAX(id), 0) + 1, {fact.Book}, {fact.Number}, 1 FROM ledger
            """, ct);
        if (fact.Number == Endless) await Task.Delay(Timeout.Infinite, ct);
        if (fact.Number == Torn && TornBooks.Contains(fact.Book)) throw new InvalidOperationException("The page is torn.");
    }

    public Task BackfillAsync(CancellationToken ct) => db.ExecuteAsync(
        $"INSERT INTO ledger (id, book, number, times) SELECT COALESCE(MAX(id), 0) + 1, {Guid.Empty}, -1, 1 FROM ledger", ct);
}

internal sealed class CountLoans(Db db) : IJob
{
    public const string Name = "count-loans";

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        if (run.Argument == "fail") throw new InvalidOperationException("Cannot count.");
        if (run.Argument == "wait") await Task.Delay(Timeout.Infinite, ct);
        if (run.Argument == "progress") await run.ProgressAsync(40, "Counting", ct);
        await db.ExecuteAsync($"""
            INSERT INTO counted (id, times) VALUES ({run.Id}, 1) ON CONFLICT (id) DO UPDATE SET times = counted.times + 1
            """, ct);
        run.Result = "counted";
    }
}

internal sealed class Tidy : IJob
{
    public const string Name = "tidy";

    public Task RunAsync(JobRun run, CancellationToken ct) => Task.CompletedTask;
}
