using System.Data.Common;

namespace ELearning.Data;

/// <summary>Brings databases to the tables that this binary knows: the platform's, and each tenant's when its shell is built.</summary>
internal sealed class Migrator(Engine engine, TimeProvider clock)
{
    private sealed record Version(string Feature, int Number, int CompatibleFrom);

    /// <summary>How the platform's own tables come about, at the start of each host.</summary>
    public Task<Migrated> MigratePlatformAsync(CancellationToken ct) => MigrateAsync(engine.Platform, "platform", PlatformSchemas.All, _ => true, ct);

    /// <summary>
    /// Runs what is missing, for the features that are on and for those that were: export and erasure read their tables too.
    /// A new database gets all in one transaction. When nothing is missing this is one read.
    /// </summary>
    /// <param name="all">Every feature's list that this host knows, in dependency order.</param>
    /// <exception cref="MigrationException">Names feature, number and statement; the database is as it was before that statement.</exception>
    public async Task<Migrated> MigrateAsync(string tenantKey, IReadOnlyList<Schema> all, IReadOnlySet<string> on, CancellationToken ct)
    {
        await using var owner = engine.OpenAsOwner(tenantKey);
        return await MigrateAsync(owner, tenantKey, all, on.Contains, ct);
    }

    /// <summary>The version of each feature's tables, by feature.</summary>
    public static async Task<Dictionary<string, int>> VersionsAsync(Store store, CancellationToken ct) =>
        (await ReadAsync(new Db(store), ct)).ToDictionary(version => version.Key, version => version.Value.Number);

    /// <summary>Takes a feature's tables and views away, as if it had never been on.</summary>
    public async Task DropAsync(string tenantKey, Schema schema, IReadOnlyList<string> tables, CancellationToken ct)
    {
        await using var owner = engine.OpenAsOwner(tenantKey);
        await using var alone = await engine.LockAsync($"migrate {tenantKey}", ct);
        await using var transaction = await owner.BorrowAsync(Use.Migration, ct);
        foreach (var view in schema.Migrations.Reverse().Select(Step.ViewMadeBy).OfType<string>().Distinct())
            await transaction.ExecuteAsync($"DROP VIEW IF EXISTS {Sql.Name(view)}", ct);
        foreach (var table in tables.Reverse())
            await transaction.ExecuteAsync($"DROP TABLE IF EXISTS {Sql.Name(table)}", ct);
        await transaction.ExecuteAsync($"DELETE FROM schema_versions WHERE feature = {schema.Feature}", ct);
        await transaction.CommitAsync(ct);
    }

    private async Task<Migrated> MigrateAsync(Store owner, string key, IReadOnlyList<Schema> all, Predicate<string> isOn, CancellationToken ct)
    {
        try
        {
            if (Pending(all, isOn, await ReadAsync(new Db(owner), ct)).Count == 0) return Migrated.Nothing;
        }
        catch (DbException)
        {
            // A new database has no table of versions yet; one that cannot be reached says so below.
        }

        await using var alone = await engine.LockAsync($"migrate {key}", ct);
        return await IsNewAsync(owner, ct) ? await CreateAsync(owner, all, isOn, ct) : await UpgradeAsync(owner, all, isOn, ct);
    }

    private static async Task<bool> IsNewAsync(Store owner, CancellationToken ct)
    {
        var db = new Db(owner);
        await db.ExecuteAsync($"""
            CREATE TABLE IF NOT EXISTS schema_versions (
                feature         TEXT PRIMARY KEY,
                version         INTEGER NOT NULL,
                compatible_from INTEGER NOT NULL,
                at              TIMESTAMPTZ NOT NULL)
            """, ct);
        return await db.FirstAsync<string>($"SELECT feature FROM schema_versions ORDER BY feature LIMIT 1", ct) is null;
    }

    private async Task<Migrated> CreateAsync(Store owner, IReadOnlyList<Schema> all, Predicate<string> isOn, CancellationToken ct)
    {
        var pending = Pending(all, isOn, []);
        await using var transaction = await owner.BorrowAsync(Use.Migration, ct);
        for (var next = 0; next < pending.Count;)
        {
            // A rebuild reads before it writes; what lies between two of them goes in one round trip.
            var together = pending.Skip(next).TakeWhile(step => !step.IsRebuild).ToList();
            await RunAsync(transaction, owner.Dialect, together, ct);
            next += together.Count;
            if (next < pending.Count) await RunAsync(transaction, owner.Dialect, pending[next++], ct);
        }
        await transaction.DefineAsync([.. pending.GroupBy(step => step.Schema).Select(steps => Record(steps.Last()))], ct);
        await transaction.CommitAsync(ct);
        return new(pending.Count, IsNew: true);
    }

    private async Task<Migrated> UpgradeAsync(Store owner, IReadOnlyList<Schema> all, Predicate<string> isOn, CancellationToken ct)
    {
        var pending = Pending(all, isOn, await ReadAsync(new Db(owner), ct));
        await CopyAsync(owner, pending, ct);
        foreach (var step in pending)
        {
            await using var transaction = await owner.BorrowAsync(Use.Migration, ct);
            await RunAsync(transaction, owner.Dialect, step, ct);
            await transaction.ExecuteAsync(Record(step), ct);
            await CommitAsync(transaction, step, ct);
        }
        return new(pending.Count, IsNew: false);
    }

    // An erased person is in the copies for up to 14 days more: docs/adr/0006-copies-before-migrations.md.
    private async Task CopyAsync(Store owner, List<Step> pending, CancellationToken ct)
    {
        var made = pending.Select(step => step.Makes).ToHashSet();
        var changing = pending.Where(step => step.Changes is { } table && !made.Contains(table)).ToList();
        if (changing is not [var first, ..]) return;

        await engine.CopyBeforeAsync(owner, [.. changing.Select(step => step.Changes!).Distinct()], $"{first.Schema.Feature}-{first.Number}", clock.GetUtcNow(), ct);
    }

    private static async Task<Dictionary<string, Version>> ReadAsync(Db db, CancellationToken ct) =>
        (await db.ListAsync<Version>($"SELECT feature, version AS number, compatible_from FROM schema_versions ORDER BY feature", ct))
            .ToDictionary(version => version.Feature);

    private static List<Step> Pending(IReadOnlyList<Schema> all, Predicate<string> isOn, Dictionary<string, Version> versions)
    {
        var pending = new List<Step>();
        foreach (var schema in all)
        {
            var at = versions.GetValueOrDefault(schema.Feature);
            if (at is null && !isOn(schema.Feature)) continue;
            if (at?.Number > schema.Migrations.Length && at.CompatibleFrom > schema.Migrations.Length)
                throw new DatabaseTooNewException(schema.Feature, at.Number, at.CompatibleFrom, schema.Migrations.Length);

            for (var number = (at?.Number ?? 0) + 1; number <= schema.Migrations.Length; number++) pending.Add(new(schema, number));
        }
        return pending;
    }

    private static async Task RunAsync(Borrowed transaction, Dialect dialect, List<Step> steps, CancellationToken ct)
    {
        try
        {
            await transaction.DefineAsync([.. steps.Select(step => step.Sql.For(dialect))], ct);
        }
        catch (StatementFailedException e)
        {
            throw new MigrationException(steps[e.Index], e.Refusal);
        }
    }

    private static async Task RunAsync(Borrowed transaction, Dialect dialect, Step step, CancellationToken ct)
    {
        try
        {
            if (Rebuild.Parse(step.Text) is { } rebuild) await rebuild.RunAsync(transaction, dialect, ct);
            else await transaction.ExecuteAsync(step.Sql.For(dialect), ct);
        }
        catch (DbException e)
        {
            throw new MigrationException(step, e);
        }
    }

    private Sql Record(Step step) => $"""
        INSERT INTO schema_versions (feature, version, compatible_from, at) VALUES ({step.Schema.Feature}, {step.Number}, {step.CompatibleFrom}, {clock.GetUtcNow()})
        ON CONFLICT (feature) DO UPDATE SET version = excluded.version, compatible_from = excluded.compatible_from, at = excluded.at
        """;

    private static async Task CommitAsync(Borrowed transaction, Step step, CancellationToken ct)
    {
        try
        {
            await transaction.CommitAsync(ct);
        }
        catch (Exception e) when (e is DbException or InvalidOperationException)
        {
            throw new MigrationException(step, e);
        }
    }
}

/// <summary>What a migration came to.</summary>
internal sealed record Migrated(int Statements, bool IsNew)
{
    public static readonly Migrated Nothing = new(0, false);
}

/// <summary>A statement of a feature's list did not run. Everything before it stays, it left no trace.</summary>
internal sealed class MigrationException(Step step, Exception inner)
    : Exception($"Migration {step.Number} of {step.Schema.Feature} failed: {inner.Message} The statement: {step.Text}", inner)
{
    public string Feature => step.Schema.Feature;

    public int Number => step.Number;

    public string Statement => step.Text;
}

/// <summary>A newer host changed the tables in a way that this one cannot live with.</summary>
internal sealed class DatabaseTooNewException(string feature, int version, int compatibleFrom, int known) : Exception(
    $"The tables of {feature} are at version {version}, for hosts that know at least {compatibleFrom}; this one knows {known}. Start the newer release again.");
