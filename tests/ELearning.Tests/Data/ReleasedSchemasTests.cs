using ELearning.Keeping;
using Xunit;

namespace ELearning.Data;

public sealed class ReleasedSchemasTests
{
    [Fact]
    public void What_was_released_is_only_added_to()
    {
        if (Environment.GetEnvironmentVariable(ReleasedSchemas.Variable) is { } release) ReleasedSchemas.Current.Write(release);

        var changed = ReleasedSchemas.Last().ChangedIn(ReleasedSchemas.Current).ToList();

        Assert.True(changed.Count == 0, $"""
            Databases that have run these migrations will not run them again. Leave the entries as they were and append others:
            {string.Join('\n', changed)}
            Only before the first release: {ReleasedSchemas.Variable}=0 dotnet test tests/ELearning.Tests --filter ReleasedSchemasTests writes the fixture anew.
            """);
    }

    [Fact]
    public void An_edited_or_a_missing_entry_is_named_and_an_appended_one_is_not()
    {
        var released = new ReleasedSchemas([], [new("Shelves", ["a", "b"], ["a", "b"]), new("Books", ["c"], ["c"])]);

        Assert.Equal(
            ["Migration 2 of Shelves (PostgreSQL) was: b", "Migration 1 of Books (SQLite) was: c", "Migration 1 of Books (PostgreSQL) was: c"],
            released.ChangedIn(new([], [new("Shelves", ["a", "b", "d"], ["a", "B", "d"])])));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_tenant_of_the_last_release_keeps_its_rows_when_it_is_upgraded(string engine)
    {
        await using var databases = await EmptyDatabases.StartAsync(engine);
        var (then, now) = (ReleasedSchemas.Last().Tenants, ReleasedSchemas.Current.Tenants);
        Assert.True((await MigrateAsync(databases.Engine, then)).IsNew);
        var db = new Db(databases.Engine.Open("t1"));
        var ada = Guid.CreateVersion7();
        await db.ExecuteAsync($"INSERT INTO people (id, display_name, sort_name) VALUES ({ada}, 'Ada Lovelace', 'lovelace ada')");
        await db.ExecuteAsync($"INSERT INTO fact_subjects (kind, id, last) VALUES ('run', {ada}, 7)");

        Assert.Equal(Count(now) - Count(then), (await MigrateAsync(databases.Engine, now)).Statements);
        Assert.Equal(4, (await MigrateAsync(databases.Engine, [.. now.Select(Longer), Both("Extra", "CREATE TABLE extra (id UUID PRIMARY KEY REFERENCES people (id))")])).Statements);

        Assert.Equal("Ada Lovelace is Ada Lovelace", await db.FirstAsync<string>($"SELECT motto FROM people WHERE id = {ada} AND sort_name = 'lovelace ada'"));
        Assert.Equal(7, await db.FirstAsync<long?>($"SELECT last FROM fact_subjects WHERE kind = 'run' AND id = {ada}"));
        await db.ExecuteAsync($"INSERT INTO extra (id) VALUES ({ada})");
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task The_last_releases_platform_keeps_its_rows_when_it_is_upgraded(string engine)
    {
        await using var databases = await EmptyDatabases.StartAsync(engine);
        var (then, now) = (ReleasedSchemas.Last().Platform, ReleasedSchemas.Current.Platform);
        Assert.True((await MigrateAsync(databases.Engine, then)).IsNew);
        var db = new Db(databases.Engine.Open("t1"));
        await db.ExecuteAsync($"INSERT INTO wakeups (tenant, version, due_at) VALUES ('school', {Guid.NewGuid()}, {new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)})");

        Assert.Equal(Count(now) - Count(then), (await MigrateAsync(databases.Engine, now)).Statements);
        Assert.Equal(1, (await MigrateAsync(databases.Engine, [.. now, Both("Extra", "CREATE INDEX extra_wakeups ON wakeups (version)")])).Statements);

        Assert.Equal("school", await db.FirstAsync<string>($"SELECT tenant FROM wakeups ORDER BY tenant LIMIT 1"));
    }

    // Not only what is pending today, which may be nothing: a column, what fills it, and a table made anew.
    private static ReleasedSchemas.Statements Longer(ReleasedSchemas.Statements list)
    {
        string[] more = list.Feature switch
        {
            "People" => ["ALTER TABLE people ADD COLUMN motto TEXT", "UPDATE people SET motto = display_name || ' is ' || display_name"],
            "Facts" => ["REBUILD TABLE fact_subjects (kind TEXT NOT NULL, id UUID NOT NULL, last BIGINT NOT NULL CHECK (last > 0), PRIMARY KEY (kind, id)) INSERT (kind, id, last) SELECT kind, id, last FROM fact_subjects"],
            _ => [],
        };
        return new(list.Feature, [.. list.Sqlite, .. more], [.. list.Postgres, .. more]);
    }

    private static ReleasedSchemas.Statements Both(string feature, params string[] statements) => new(feature, statements, statements);

    private static int Count(ReleasedSchemas.Statements[] lists) => lists.Sum(list => list.Sqlite.Length);

    private static async Task<Migrated> MigrateAsync(Engine engine, ReleasedSchemas.Statements[] lists)
    {
        await engine.CreateAsync("t1", default);
        return await new Migrator(engine, TimeProvider.System)
            .MigrateAsync("t1", [.. lists.Select(list => list.Schema(engine.Dialect))], lists.Select(list => list.Feature).ToHashSet(), default);
    }
}
