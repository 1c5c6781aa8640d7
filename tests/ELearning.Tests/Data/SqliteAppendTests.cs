using ELearning.Data;
using Microsoft.Data.Sqlite;
using Xunit;

namespace ELearning.Tests.Data;

public sealed class SqliteAppendTests
{
    private static readonly Sql Notes = $"CREATE TABLE notes (id BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)";

    [Fact]
    public async Task Many_writers_at_once_are_all_written()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync(Notes);

        var changed = await Task.WhenAll(Enumerable.Range(0, 600).Select(id => folder.Db.AppendAsync([Insert(id)])));

        Assert.All(changed, counts => Assert.Equal([1], counts));
        Assert.Equal(600, await CountAsync(folder));
    }

    [Fact]
    public async Task The_failure_of_one_writer_is_nobody_elses()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync(Notes);
        await folder.Db.AppendAsync([Insert(5)]);

        // Held up, so that all of them are in one batch.
        Task<int[]>[] all;
        await using (await folder.Engine.Open("a").BorrowAsync(Use.Transaction, default))
        {
            all =
            [
                folder.Db.AppendAsync([Insert(1)]),
                folder.Db.AppendAsync([Insert(2), Insert(5)]),
                folder.Db.AppendAsync([Insert(3), Sql.MustChange(1, $"UPDATE notes SET text = {"new"} WHERE id = {99}")]),
                folder.Db.AppendAsync([Insert(4), $"INSERT OR ROLLBACK INTO notes (id, text) VALUES (5, 'again')"]),
                folder.Db.AppendAsync([Insert(6), Sql.MustChange(1, $"UPDATE notes SET text = {"new"} WHERE id = {6}")]),
            ];
        }

        int[] first = await all[0], last = await all[4];
        Assert.Equal([1], first);
        Assert.Equal([1, 1], last);
        await Assert.ThrowsAsync<SqliteException>(() => all[1]);
        Assert.Equal(0, (await Assert.ThrowsAsync<UnexpectedRowCountException>(() => all[2])).Changed);
        await Assert.ThrowsAsync<SqliteException>(() => all[3]);
        var ids = await folder.Db.ListAsync<int>($"SELECT id FROM notes ORDER BY id LIMIT 10");
        Assert.Equal([1, 5, 6], ids);
    }

    [Fact]
    public async Task What_only_the_commit_refuses_is_nobody_elses_failure_either()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync(Notes);
        await folder.Owner.ExecuteAsync($"CREATE TABLE replies (id BIGINT NOT NULL PRIMARY KEY, note BIGINT NOT NULL REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED)");

        Task<int[]>[] all;
        await using (await folder.Engine.Open("a").BorrowAsync(Use.Transaction, default))
        {
            all =
            [
                folder.Db.AppendAsync([Insert(1)]),
                folder.Db.AppendAsync([$"INSERT INTO replies (id, note) VALUES (1, 99)"]),
                folder.Db.AppendAsync([$"INSERT INTO replies (id, note) VALUES (2, 2)", Insert(2)]),
                folder.Db.AppendAsync([Insert(1)]),
            ];
        }

        await all[0];
        Assert.Equal(SQLitePCL.raw.SQLITE_CONSTRAINT, (await Assert.ThrowsAsync<SqliteException>(() => all[1])).SqliteErrorCode);
        int[] both = await all[2];
        Assert.Equal([1, 1], both);
        await Assert.ThrowsAsync<SqliteException>(() => all[3]);
        await folder.Db.AppendAsync([Insert(3)]);
        Assert.Equal([1, 2, 3], await folder.Db.ListAsync<int>($"SELECT id FROM notes ORDER BY id LIMIT 10"));
        Assert.Equal([2], await folder.Db.ListAsync<int>($"SELECT id FROM replies ORDER BY id LIMIT 10"));
    }

    [Fact]
    public async Task Who_leaves_while_waiting_is_not_written()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync(Notes);
        using var leave = new CancellationTokenSource();

        await using (await folder.Engine.Open("a").BorrowAsync(Use.Transaction, default))
        {
            var append = folder.Db.AppendAsync([Insert(1)], leave.Token);
            var transact = folder.Db.TransactAsync(() => Task.CompletedTask, leave.Token);
            await leave.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => append);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transact);
        }

        await folder.Db.AppendAsync([Insert(2)]);
        Assert.Equal(1, await CountAsync(folder));
    }

    [Fact]
    public async Task Inside_a_transaction_an_append_is_part_of_it()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        var db = folder.Db;
        await folder.Owner.ExecuteAsync(Notes);

        await Assert.ThrowsAsync<TimeoutException>(() => db.TransactAsync(async () =>
        {
            await db.AppendAsync([Insert(1)]);
            Assert.Equal(1, await db.FirstAsync<int?>($"SELECT count(*) FROM notes"));
            throw new TimeoutException();
        }));

        Assert.Equal(0, await CountAsync(folder));
    }

    [Fact]
    public async Task A_statement_that_must_change_a_row_undoes_what_it_did_to_others()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        await folder.Owner.ExecuteAsync(Notes);
        await folder.Db.AppendAsync([Insert(1), Insert(2)]);

        await Assert.ThrowsAsync<UnexpectedRowCountException>(() => folder.Db.ExecuteAsync(Sql.MustChange(1, $"DELETE FROM notes")));

        Assert.Equal(2, await CountAsync(folder));
    }

    private static Sql Insert(int id) => $"INSERT INTO notes (id, text) VALUES ({id}, {"text"})";

    private static Task<int?> CountAsync(SqliteFolder folder) => folder.Db.FirstAsync<int?>($"SELECT count(*) FROM notes");
}
