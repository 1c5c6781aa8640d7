using ELearning.Data;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ELearning.Tests.Data;

public sealed class SqliteStoreTests
{
    [Fact]
    public async Task Statements_do_not_stack()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Db.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)");

        await Assert.ThrowsAsync<InvalidOperationException>(() => folder.Db.ExecuteAsync($"INSERT INTO notes (id, text) VALUES (1, 'a;b'); DELETE FROM notes"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => folder.Db.ListAsync<int>($"SELECT 1; /* ; */ SELECT 2;"));
        Assert.Equal(1, await folder.Db.ExecuteAsync($"INSERT INTO notes (id, text) VALUES (1, 'a;b'); -- done;"));
    }

    [Theory]
    [InlineData("ATTACH DATABASE ':memory:' AS other")]
    [InlineData("ATTACH DATABASE '../platform.db' AS platform")]
    [InlineData("DETACH DATABASE main")]
    [InlineData("PRAGMA journal_mode = DELETE")]
    [InlineData("PRAGMA foreign_keys")]
    [InlineData("PRAGMA writable_schema = 1")]
    [InlineData("PRAGMA query_only = 0")]
    [InlineData("SELECT name FROM pragma_database_list")]
    [InlineData("SELECT load_extension('/tmp/evil.so')")]
    [InlineData("VACUUM")]
    [InlineData("VACUUM INTO '/tmp/stolen.db'")]
    [InlineData("SELECT readfile('/etc/passwd')")]
    [InlineData("SELECT writefile('/tmp/a', 'b')")]
    [InlineData("CREATE VIRTUAL TABLE other USING csv(filename='/etc/passwd')")]
    [InlineData("BEGIN")]
    [InlineData("COMMIT")]
    [InlineData("ROLLBACK")]
    [InlineData("SAVEPOINT mine")]
    [InlineData("UPDATE sqlite_master SET sql = ''")]
    [InlineData("SELECT id FROM platform.tenants")]
    public async Task What_is_not_the_tenants_is_refused(string hostile)
    {
        await using var folder = await SqliteFolder.CreateAsync();
        var db = folder.Db;

        await Assert.ThrowsAsync<SqliteException>(() => db.ExecuteAsync(Sql.Trusted(hostile)));
        await Assert.ThrowsAsync<SqliteException>(() => db.AppendAsync([Sql.Trusted(hostile)]));
        await Assert.ThrowsAsync<SqliteException>(() => db.TransactAsync(() => db.ExecuteAsync(Sql.Trusted(hostile))));
    }

    [Fact]
    public async Task What_a_migration_may_say_is_not_left_open_to_others()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        var store = folder.Engine.OpenAsOwner("a");
        foreach (var use in new[] { Use.Migration, Use.Snapshot })
        {
            await using var borrowed = await store.BorrowAsync(use, default);
            await using var command = borrowed.Command($"PRAGMA foreign_keys");
            await command.ExecuteScalarAsync();
        }

        await Assert.ThrowsAsync<SqliteException>(() => folder.Db.ExecuteAsync($"PRAGMA foreign_keys"));
        await using var reader = await store.BorrowAsync(Use.Read, default);
        await using var read = reader.Command($"PRAGMA foreign_keys");
        await Assert.ThrowsAsync<SqliteException>(() => read.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_connection_for_reading_cannot_write()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Db.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)");
        await using var reader = await folder.Engine.Open("a").BorrowAsync(Use.Read, default);
        await using var command = reader.Command($"INSERT INTO notes (id) VALUES (1)");

        await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteNonQueryAsync());
    }

    [Fact]
    public async Task Full_text_search_works_under_the_guard()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        var db = folder.Db;
        await db.ExecuteAsync($"CREATE VIRTUAL TABLE search USING fts5(title)");
        await db.TransactAsync(() => db.ExecuteAsync($"INSERT INTO search (title) VALUES ({"Learning to read"})"));

        Assert.Equal("Learning to read", await db.FirstAsync<string>($"SELECT title FROM search WHERE search MATCH {"learn*"}"));
    }

    [Fact]
    public async Task A_misspelt_column_in_quotes_is_no_text()
    {
        await using var folder = await SqliteFolder.CreateAsync();

        await Assert.ThrowsAsync<SqliteException>(() => folder.Db.ListAsync<string>($"""SELECT "nmae" """));
    }

    [Fact]
    public async Task A_database_that_was_never_made_is_not_made_by_asking()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        var db = new Db(folder.Engine.Open("nobody"));

        await Assert.ThrowsAsync<SqliteException>(() => db.FirstAsync<int?>($"SELECT 1"));
        await Assert.ThrowsAsync<SqliteException>(() => db.AppendAsync([$"CREATE TABLE a (id BIGINT)"]));
        Assert.False(File.Exists(Path.Combine(folder.Path, "tenants", "nobody.db")));
        Assert.Throws<ArgumentException>(() => folder.Engine.Open("../platform"));
    }
}
