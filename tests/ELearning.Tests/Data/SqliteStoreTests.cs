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
        await folder.Owner.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)");

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
        await folder.Owner.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)");
        await using var reader = await folder.Engine.Open("a").BorrowAsync(Use.Read, default);
        await using var command = reader.Command($"INSERT INTO notes (id) VALUES (1)");

        await Assert.ThrowsAsync<SqliteException>(() => command.ExecuteNonQueryAsync());
    }

    [Fact]
    public async Task Full_text_search_works_under_the_guard()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        var db = folder.Db;
        await folder.Owner.ExecuteAsync($"CREATE VIRTUAL TABLE search USING fts5(title)");
        await db.TransactAsync(() => db.ExecuteAsync($"INSERT INTO search (title) VALUES ({"Learning to read"})"));

        Assert.Equal("Learning to read", await db.FirstAsync<string>($"SELECT title FROM search WHERE search MATCH {"learn*"}"));
    }

    [Fact]
    public async Task A_misspelt_column_in_quotes_is_no_text()
    {
        await using var folder = await SqliteFolder.CreateAsync();

        await Assert.ThrowsAsync<SqliteException>(() => folder.Db.ListAsync<string>($"""SELECT "nmae" """));
    }

    [Theory]
    [InlineData("CREATE TABLE more (id BIGINT)")]
    [InlineData("CREATE TABLE more AS SELECT id FROM notes")]
    [InlineData("CREATE TEMP TABLE more (id BIGINT)")]
    [InlineData("CREATE UNIQUE INDEX more ON notes (id)")]
    [InlineData("CREATE VIEW more AS SELECT id FROM notes")]
    [InlineData("CREATE TRIGGER more AFTER INSERT ON notes BEGIN DELETE FROM notes; END")]
    [InlineData("CREATE VIRTUAL TABLE more USING fts5(title)")]
    [InlineData("ALTER TABLE notes ADD COLUMN more TEXT")]
    [InlineData("ALTER TABLE notes RENAME TO more")]
    [InlineData("DROP TABLE notes")]
    [InlineData("DROP INDEX notes_again")]
    [InlineData("REINDEX notes_again")]
    [InlineData("ANALYZE")]
    public async Task Only_the_owner_makes_and_changes_tables(string definition)
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)");
        await folder.Owner.ExecuteAsync($"CREATE INDEX notes_again ON notes (id)");
        var (db, owner) = (folder.Db, folder.Owner);

        Assert.Equal(SQLitePCL.raw.SQLITE_AUTH, (await Assert.ThrowsAsync<SqliteException>(() => db.ExecuteAsync(Sql.Trusted(definition)))).SqliteErrorCode);
        Assert.Equal(SQLitePCL.raw.SQLITE_AUTH, (await Assert.ThrowsAsync<SqliteException>(() => db.AppendAsync([Sql.Trusted(definition)]))).SqliteErrorCode);
        Assert.Equal(SQLitePCL.raw.SQLITE_AUTH, (await Assert.ThrowsAsync<SqliteException>(() => db.TransactAsync(() => db.ExecuteAsync(Sql.Trusted(definition))))).SqliteErrorCode);
        // What the owner has said is no way past the guard for who says the same.
        await Assert.ThrowsAsync<TimeoutException>(() => owner.TransactAsync(async () =>
        {
            await owner.ExecuteAsync(Sql.Trusted(definition));
            throw new TimeoutException();
        }));
        await Assert.ThrowsAsync<SqliteException>(() => db.ExecuteAsync(Sql.Trusted(definition)));
        Assert.Equal(0, await db.FirstAsync<int?>($"SELECT count(*) FROM notes"));
    }

    [Theory]
    [InlineData(nameof(Use.Migration))]
    [InlineData(nameof(Use.Snapshot))]
    public async Task What_is_lent_to_owners_is_not_lent_to_others(string use)
    {
        await using var folder = await SqliteFolder.CreateAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await folder.Engine.Open("a").BorrowAsync(Enum.Parse<Use>(use), default));
    }

    [Fact]
    public async Task Readers_do_not_wait_for_who_writes_and_see_what_was_committed()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)");
        var (writer, reader) = (folder.Db, folder.Db);

        await writer.TransactAsync(async () =>
        {
            await writer.ExecuteAsync($"INSERT INTO notes (id) VALUES (1)");
            Assert.Equal(0, await reader.FirstAsync<int?>($"SELECT count(*) FROM notes").WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.Equal(1, await writer.FirstAsync<int?>($"SELECT count(*) FROM notes"));
        });

        Assert.Equal(1, await reader.FirstAsync<int?>($"SELECT count(*) FROM notes"));
    }

    [Fact]
    public async Task Transactions_of_many_threads_come_one_after_the_other()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync($"CREATE TABLE counts (id BIGINT NOT NULL PRIMARY KEY, count BIGINT NOT NULL)");
        await folder.Db.ExecuteAsync($"INSERT INTO counts (id, count) VALUES (1, 0)");

        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, ct) =>
        {
            var db = folder.Db;
            await db.TransactAsync(async () =>
            {
                var read = await db.FirstAsync<long?>($"SELECT count FROM counts WHERE id = 1", ct);
                await db.ExecuteAsync($"UPDATE counts SET count = {read + 1} WHERE id = 1", ct);
            }, ct);
        });

        Assert.Equal(40, await folder.Db.FirstAsync<long?>($"SELECT count FROM counts WHERE id = 1"));
    }

    [Fact]
    public async Task One_Db_is_refused_to_a_second_thread_while_the_first_waits()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)");
        var db = folder.Db;
        Task<int> first;
        await using (await folder.Engine.Open("a").BorrowAsync(Use.Transaction, default))
        {
            first = db.ExecuteAsync($"INSERT INTO notes (id) VALUES (1)");
            await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => db.FirstAsync<int?>($"SELECT 1")));
        }

        Assert.Equal(1, await first);
        Assert.Equal(1, await db.FirstAsync<int?>($"SELECT count(*) FROM notes"));
    }

    [Fact]
    public async Task What_nobody_uses_is_closed_and_opens_again_by_itself()
    {
        var clock = new SweepClock();
        await using var folder = await SqliteFolder.CreateAsync(clock);
        await folder.Owner.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY)");
        Assert.Equal(0, await folder.Db.FirstAsync<int?>($"SELECT count(*) FROM notes"));
        // The log is there as long as somebody has the file open: the last one to close puts it away.
        var log = Path.Combine(folder.Path, "tenants", "a.db-wal");

        clock.Pass(TimeSpan.FromSeconds(20));
        Assert.True(File.Exists(log));
        await using (await folder.Engine.Open("a").BorrowAsync(Use.Transaction, default))
        {
            clock.Pass(TimeSpan.FromSeconds(60));
            Assert.True(File.Exists(log));
        }
        clock.Pass(TimeSpan.FromSeconds(40));
        Assert.False(File.Exists(log));

        await folder.Db.ExecuteAsync($"INSERT INTO notes (id) VALUES (1)");
        Assert.True(File.Exists(log));
        Assert.Equal(1, await folder.Db.FirstAsync<int?>($"SELECT count(*) FROM notes"));
    }

    [Fact]
    public async Task A_copy_made_while_others_write_is_of_one_moment_and_becomes_another_tenant()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync($"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, half BIGINT NOT NULL)");
        using var enough = new CancellationTokenSource();
        var written = 0;
        var first = new TaskCompletionSource();
        var writing = Task.Run(async () =>
        {
            var db = folder.Db;
            for (; !enough.IsCancellationRequested; written++)
            {
                var id = written;
                // Two rows at once: a copy with one of them would be of no moment.
                await db.AppendAsync([$"INSERT INTO notes (id, half) VALUES ({2 * id}, {id})", $"INSERT INTO notes (id, half) VALUES ({2 * id + 1}, {id})"]);
                if (id == 20) first.TrySetResult();
            }
        });
        await first.Task;
        var before = written;

        var copy = Path.Combine(folder.Path, "copy.db");
        await folder.Engine.BackupAsync("a", copy, default);
        File.Copy(copy, Path.Combine(folder.Path, "tenants", "b.db"));
        await enough.CancelAsync();
        await writing;

        var clone = new Db(folder.Engine.Open("b"));
        var (rows, halves) = (await clone.ListAsync<(long, long)>($"SELECT count(*), count(DISTINCT half) FROM notes"))[0];
        Assert.Equal(2 * halves, rows);
        Assert.InRange(halves, before, written);
        await clone.ExecuteAsync($"DELETE FROM notes");
        Assert.Equal(2 * written, await folder.Db.FirstAsync<long?>($"SELECT count(*) FROM notes"));
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

    /// <summary>Time passes when the test says so, and whoever set a timer is told every ten seconds of it.</summary>
    private sealed class SweepClock : TimeProvider
    {
        private Action? _tick;
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _tick += () => callback(state);
            return new NoTimer();
        }

        public void Pass(TimeSpan time)
        {
            for (var end = _now + time.Ticks; _now < end; _tick?.Invoke()) _now += TimeSpan.TicksPerSecond * 10;
        }

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose() { }

            public ValueTask DisposeAsync() => default;
        }
    }
}
