using ELearning.Keeping;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ELearning.Data;

public sealed class SqliteMigratorCopyTests() : MigratorCopyTests("sqlite")
{
    protected override async Task<List<string>> CopiesAsync(string table, string of)
    {
        var copies = new List<string>();
        if (!Directory.Exists(Path.Combine(Folder, "copies"))) return copies;
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, "copies"), $"{of}-*.db").Order(StringComparer.Ordinal))
        {
            await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT coalesce(group_concat(name, ' '), '') FROM (SELECT name FROM {table} ORDER BY name)";
            copies.Add((string)(await command.ExecuteScalarAsync())!);
        }
        return copies;
    }
}

public sealed class PostgresMigratorCopyTests() : MigratorCopyTests("postgres")
{
    [Fact]
    public async Task Requests_cannot_read_what_was_copied()
    {
        await MigrateAsync([.. Shelves, Rebuild]);
        var table = Sql.Name("copies_t_t1." + Assert.Single(await TablesAsync("shelves", "t_t1")));

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => new Db(Engine.Open("t1")).ListAsync<string>($"SELECT name FROM {table} ORDER BY name"));
    }

    protected override async Task<List<string>> CopiesAsync(string table, string of)
    {
        var schema = of == "t1" ? "t_t1" : of;
        var copies = new List<string>();
        foreach (var copy in await TablesAsync(table, schema))
        {
            var owner = of == "t1" ? Engine.OpenAsOwner("t1") : Engine.Platform;
            copies.Add(string.Join(' ', await new Db(owner).ListAsync<string>($"SELECT name FROM {Sql.Name($"copies_{schema}.{copy}")} ORDER BY name")));
        }
        return copies;
    }

    private Task<List<string>> TablesAsync(string table, string schema) => new Db(Engine.Platform).ListAsync<string>(
        $"SELECT tablename::text FROM pg_tables WHERE schemaname = {"copies_" + schema} AND {Sql.Prefix("tablename", table + "_")} ORDER BY tablename");
}

public abstract class MigratorCopyTests(string engine) : IAsyncLifetime
{
    private protected static readonly Sql[] Shelves =
    [
        $"CREATE TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        $"CREATE INDEX shelves_by_name ON shelves (name)",
    ];

    private protected static readonly Sql Rebuild =
        $"REBUILD TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL) INSERT (id, name) SELECT id, name FROM shelves WHERE id = 1";

    private readonly HandClock _clock = new();
    private EmptyDatabases _databases = null!; // made before each test

    private protected Engine Engine => _databases.Engine;

    protected string Folder => _databases.Folder;

    public async Task InitializeAsync()
    {
        _databases = await EmptyDatabases.StartAsync(engine);
        await Engine.CreateAsync("t1", default);
        await MigrateAsync(Shelves);
        await Db.ExecuteAsync($"INSERT INTO shelves (id, name) VALUES (1, 'A'), (2, 'B')");
    }

    public async Task DisposeAsync() => await _databases.DisposeAsync();

    [Fact]
    public async Task What_changes_a_table_copies_its_rows_first()
    {
        await MigrateAsync([.. Shelves, Rebuild, $"ALTER TABLE shelves ADD COLUMN room TEXT"]);

        Assert.Equal(["A B"], await CopiesAsync("shelves", "t1"));
        Assert.Equal(["A"], await NamesAsync());
    }

    [Fact]
    public async Task What_only_adds_copies_nothing()
    {
        await MigrateAsync(
        [
            .. Shelves,
            $"CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
            $"INSERT INTO rooms (id, name) VALUES (1, 'Hall')",
            $"CREATE VIEW pub_rooms AS SELECT id, name FROM rooms",
        ]);

        Assert.Empty(await CopiesAsync("shelves", "t1"));
        Assert.Empty(await CopiesAsync("rooms", "t1"));
    }

    [Fact]
    public async Task A_copy_is_kept_for_14_days()
    {
        await MigrateAsync([.. Shelves, Rebuild]);
        await Engine.CopyBeforeAsync(Engine.OpenAsOwner("t1"), ["shelves"], "Later-1", _clock.Now.AddDays(1), default);

        _clock.Now = _clock.Now.AddDays(14);
        await SweepAsync();
        Assert.Equal(["A B", "A"], await CopiesAsync("shelves", "t1"));

        _clock.Now = _clock.Now.AddSeconds(1);
        await SweepAsync();
        Assert.Equal(["A"], await CopiesAsync("shelves", "t1"));
    }

    [Fact]
    public async Task A_failed_migration_leaves_the_tenant_as_it_was_and_one_copy_however_often_it_is_tried()
    {
        Sql[] failing = [.. Shelves, $"UPDATE shelves SET name = CAST(NULL AS TEXT)"];
        await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(failing));
        Assert.Equal(["A", "B"], await NamesAsync());
        Assert.Equal(["A B"], await CopiesAsync("shelves", "t1"));

        await Db.ExecuteAsync($"INSERT INTO shelves (id, name) VALUES (3, 'C')");
        _clock.Now = _clock.Now.AddHours(1);
        await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(failing));

        Assert.Equal(["A B C"], await CopiesAsync("shelves", "t1"));
    }

    [Fact]
    public async Task Copies_go_with_the_tenant()
    {
        await MigrateAsync([.. Shelves, Rebuild]);

        await Engine.DropAsync("t1", default);

        Assert.Empty(await CopiesAsync("shelves", "t1"));
    }

    [Fact]
    public async Task The_platforms_tables_are_copied_too()
    {
        var platform = new Db(Engine.Platform);
        await platform.ExecuteAsync($"CREATE TABLE plans (name TEXT PRIMARY KEY)");
        await platform.ExecuteAsync($"INSERT INTO plans (name) VALUES ('Free')");

        await Engine.CopyBeforeAsync(Engine.Platform, ["plans"], "Plans-2", _clock.Now, default);

        Assert.Equal(["Free"], await CopiesAsync("plans", "platform"));
    }

    /// <summary>The names in each copy of the table, the oldest copy first.</summary>
    protected abstract Task<List<string>> CopiesAsync(string table, string of);

    private protected Task<Migrated> MigrateAsync(Sql[] migrations) =>
        new Migrator(Engine, _clock).MigrateAsync("t1", [new("Shelves", migrations)], new HashSet<string> { "Shelves" }, default);

    private Db Db => new(Engine.Open("t1"));

    private Task<List<string>> NamesAsync() => Db.ListAsync<string>($"SELECT name FROM shelves ORDER BY name");

    private Task SweepAsync() => new SweepCopies(Engine, _clock, NullLogger<SweepCopies>.Instance).RunAsync(default);
}
