using ELearning.Keeping;
using Xunit;

namespace ELearning.Data;

public sealed class SqliteMigratorTests() : MigratorTests("sqlite");

public sealed class PostgresMigratorTests() : MigratorTests("postgres");

public abstract class MigratorTests(string engine) : IAsyncLifetime
{
    private static readonly Sql[] Shelves =
    [
        $"CREATE TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        $"CREATE UNIQUE INDEX shelves_by_name ON shelves (name)",
    ];

    private static readonly Sql[] Books =
    [
        $"CREATE TABLE books (id INTEGER PRIMARY KEY, shelf INTEGER NOT NULL REFERENCES shelves (id) ON DELETE CASCADE, title TEXT)",
        $"CREATE VIEW pub_books AS SELECT b.id, b.title, s.name AS shelf FROM books b JOIN shelves s ON s.id = b.shelf",
    ];

    private EmptyDatabases _databases = null!; // made before each test

    public async Task InitializeAsync()
    {
        _databases = await EmptyDatabases.StartAsync(engine);
        await _databases.Engine.CreateAsync("t1", default);
    }

    public async Task DisposeAsync() => await _databases.DisposeAsync();

    [Fact]
    public async Task A_new_database_gets_the_tables_of_the_features_that_are_on_and_later_only_what_is_missing()
    {
        Assert.Equal(new(2, IsNew: true), await MigrateAsync([new("Shelves", Shelves), new("Books", Books)], "Shelves"));
        Assert.Equal(Migrated.Nothing, await MigrateAsync([new("Shelves", Shelves), new("Books", Books)], "Shelves"));
        Assert.Equal(new(2, IsNew: false), await MigrateAsync([new("Shelves", Shelves), new("Books", Books)], "Shelves", "Books"));
        Assert.Equal(new() { ["Shelves"] = 2, ["Books"] = 2 }, await Migrator.VersionsAsync(_databases.Engine.Open("t1"), default));
    }

    [Fact]
    public async Task A_feature_that_is_off_is_migrated_when_its_tables_are_there()
    {
        await MigrateAsync([new("Shelves", Shelves)], "Shelves");

        await MigrateAsync([new("Shelves", [.. Shelves, $"ALTER TABLE shelves ADD COLUMN room TEXT"])]);

        await Db.ExecuteAsync($"INSERT INTO shelves (id, name, room) VALUES (1, 'A', 'Cellar')");
    }

    [Fact]
    public async Task A_failing_statement_leaves_what_was_and_says_which_it_is()
    {
        await MigrateAsync([new("Shelves", Shelves)], "Shelves");
        Sql[] longer = [.. Shelves, $"ALTER TABLE shelves ADD COLUMN room TEXT", $"INSERT INTO shelves (id, name) VALUES (1, NULL)"];

        var failure = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync([new("Shelves", longer)], "Shelves"));

        Assert.Equal(("Shelves", 4), (failure.Feature, failure.Number));
        Assert.Contains("INSERT INTO shelves", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await Migrator.VersionsAsync(_databases.Engine.Open("t1"), default))["Shelves"]);
    }

    [Fact]
    public async Task A_new_database_that_fails_has_no_tables_at_all()
    {
        await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync([new("Shelves", [.. Shelves, $"CREATE TABLE shelves (id INTEGER)"])], "Shelves"));

        Assert.Equal(new(2, IsNew: true), await MigrateAsync([new("Shelves", Shelves)], "Shelves"));
    }

    [Fact]
    public async Task A_rebuilt_table_keeps_its_rows_its_indexes_its_views_and_the_rows_that_refer_to_it()
    {
        await MigrateAsync([new("Shelves", Shelves), new("Books", Books)], "Shelves", "Books");
        await Db.ExecuteAsync($"INSERT INTO shelves (id, name) VALUES (1, 'A')");
        await Db.ExecuteAsync($"INSERT INTO books (id, shelf, title) VALUES (7, 1, 'Emma')");

        await MigrateAsync(
        [
            new("Shelves", [.. Shelves, $"REBUILD TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL, room TEXT NOT NULL CHECK (room <> '')) INSERT (id, name, room) SELECT id, name, 'Hall' FROM shelves"]),
            new("Books", Books),
        ], "Shelves", "Books");

        Assert.Equal("A", await Db.FirstAsync<string>($"SELECT shelf FROM pub_books WHERE title = 'Emma'"));
        Assert.Equal("Hall", await Db.FirstAsync<string>($"SELECT room FROM shelves WHERE id = 1"));
        await Refused($"INSERT INTO shelves (id, name, room) VALUES (2, 'A', 'Hall')");
        await Refused($"INSERT INTO shelves (id, name, room) VALUES (2, 'B', '')");
        await Refused($"INSERT INTO books (id, shelf, title) VALUES (8, 99, 'Lost')");
        await Db.ExecuteAsync($"DELETE FROM shelves WHERE id = 1");
        Assert.Null(await Db.FirstAsync<string>($"SELECT title FROM books ORDER BY id LIMIT 1"));
    }

    [Fact]
    public async Task A_migration_that_would_leave_rows_without_what_they_refer_to_is_undone()
    {
        await MigrateAsync([new("Shelves", Shelves), new("Books", Books)], "Shelves", "Books");
        await Db.ExecuteAsync($"INSERT INTO shelves (id, name) VALUES (1, 'A')");
        await Db.ExecuteAsync($"INSERT INTO books (id, shelf, title) VALUES (7, 1, 'Emma')");

        await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(
        [
            new("Shelves", [.. Shelves, $"REBUILD TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL) INSERT (id, name) SELECT id, name FROM shelves WHERE id > 1"]),
            new("Books", Books),
        ], "Shelves", "Books"));

        Assert.Equal("A", await Db.FirstAsync<string>($"SELECT shelf FROM pub_books WHERE title = 'Emma'"));
    }

    [Fact]
    public async Task An_older_host_runs_on_tables_that_were_only_added_to()
    {
        await MigrateAsync([new("Shelves", [.. Shelves, $"ALTER TABLE shelves ADD COLUMN room TEXT", $"CREATE TABLE rooms (id INTEGER PRIMARY KEY)"])], "Shelves");

        Assert.Equal(Migrated.Nothing, await MigrateAsync([new("Shelves", Shelves)], "Shelves"));
    }

    [Fact]
    public async Task An_older_host_refuses_tables_that_lost_what_it_may_use_unless_they_are_declared_compatible()
    {
        Sql[] longer = [.. Shelves, $"ALTER TABLE shelves ADD COLUMN room TEXT", $"DROP INDEX shelves_by_name"];
        await MigrateAsync([new("Shelves", longer)], "Shelves");
        var refusal = await Assert.ThrowsAsync<DatabaseTooNewException>(() => MigrateAsync([new("Shelves", Shelves)], "Shelves"));
        Assert.Contains("Shelves are at version 4", refusal.Message, StringComparison.Ordinal);

        await MigrateAsync([new("Shelves", [.. longer, $"CREATE TABLE rooms (id INTEGER PRIMARY KEY)"], CompatibleFrom: 2)], "Shelves");
        Assert.Equal(Migrated.Nothing, await MigrateAsync([new("Shelves", Shelves)], "Shelves"));
    }

    [Fact]
    public async Task Hosts_that_start_together_migrate_once()
    {
        var both = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => MigrateAsync([new("Shelves", Shelves)], "Shelves"))));

        Assert.Single(both, result => result.Statements == 2);
    }

    private Db Db => new(_databases.Engine.Open("t1"));

    private async Task<Migrated> MigrateAsync(Schema[] all, params string[] on)
    {
        await _databases.Engine.CreateAsync("t1", default);
        return await new Migrator(_databases.Engine, TimeProvider.System).MigrateAsync("t1", all, on.ToHashSet(), default);
    }

    private async Task Refused(Sql sql) => await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Db.ExecuteAsync(sql));
}
