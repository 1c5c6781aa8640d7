using Npgsql;
using Xunit;

namespace ELearning.Data;

public sealed class PostgresAppendTests : PostgresTest
{
    private Store _store = null!;
    private Db _db = null!;

    protected override async Task PrepareAsync()
    {
        await Engine.CreateAsync("math", default);
        await new Db(Engine.OpenAsOwner("math")).ExecuteAsync(
            $"CREATE TABLE marks (id BIGINT PRIMARY KEY, twin BIGINT UNIQUE DEFERRABLE INITIALLY DEFERRED, points BIGINT NOT NULL CHECK (points < 100))");
        _store = Engine.Open("math");
        _db = new(_store);
    }

    [Fact]
    public async Task Many_callers_share_few_transactions()
    {
        await Task.WhenAll(Enumerable.Range(1, 300).Select(id => AppendAsync(id, points: 1)));

        Assert.Equal(300, await _db.FirstAsync<long?>($"SELECT count(*) FROM marks"));
        Assert.InRange((await _db.FirstAsync<long?>($"SELECT count(DISTINCT xmin::text) FROM marks"))!.Value, 5, 30);
    }

    [Fact]
    public async Task A_caller_that_fails_takes_nobody_along()
    {
        var calls = Enumerable.Range(1, 200).Select(id => Record.ExceptionAsync(() => AppendAsync(id, points: id % 50 == 0 ? 100 : 1)));
        var failed = (await Task.WhenAll(calls)).OfType<PostgresException>().ToList();

        Assert.Equal(4, failed.Count);
        Assert.All(failed, e => Assert.Equal("23514", e.SqlState));
        Assert.Equal(196, await _db.FirstAsync<long?>($"SELECT count(*) FROM marks"));
    }

    [Fact]
    public async Task All_statements_of_one_caller_or_none()
    {
        var calls = Enumerable.Range(1, 100).Select(id => Record.ExceptionAsync(() => _store.AppendAsync(
            [$"INSERT INTO marks (id, points) VALUES ({id}, {0})", $"INSERT INTO marks (id, points) VALUES ({1000 + id}, {(id == 30 ? 100 : 0)})"], default)));
        Assert.Single((await Task.WhenAll(calls)).OfType<PostgresException>());

        Assert.Equal(198, await _db.FirstAsync<long?>($"SELECT count(*) FROM marks"));
        Assert.Equal(0, await _db.FirstAsync<long?>($"SELECT count(*) FROM marks WHERE id IN (30, 1030)"));
    }

    [Fact]
    public async Task A_count_that_is_not_as_expected_undoes_its_caller_only()
    {
        await AppendAsync(1, points: 1);
        var calls = Enumerable.Range(1, 100).Select(i => Record.ExceptionAsync(() => _store.AppendAsync(
            [$"INSERT INTO marks (id, points) VALUES ({100 + i}, {0})", Sql.MustChange(1, $"UPDATE marks SET points = points + 1 WHERE id = {(i % 25 == 0 ? -1 : 1)} AND points > 0")], default)));
        var failed = (await Task.WhenAll(calls)).OfType<UnexpectedRowCountException>().ToList();

        Assert.Equal(4, failed.Count);
        Assert.Equal(97, await _db.FirstAsync<long?>($"SELECT points FROM marks WHERE id = 1"));
        Assert.Equal(97, await _db.FirstAsync<long?>($"SELECT count(*) FROM marks"));
    }

    [Fact]
    public async Task A_constraint_checked_at_the_commit_names_nobody_and_still_fails_its_caller_only()
    {
        var calls = Enumerable.Range(1, 61).Select(id => Record.ExceptionAsync(() => _store.AppendAsync(
            [$"INSERT INTO marks (id, twin, points) VALUES ({id}, {(id == 40 ? 7 : id)}, {0})"], default)));
        var failed = (await Task.WhenAll(calls)).OfType<PostgresException>().ToList();

        Assert.Equal("23505", Assert.Single(failed).SqlState);
        Assert.Equal(60, await _db.FirstAsync<long?>($"SELECT count(*) FROM marks"));
    }

    [Fact]
    public async Task Rows_are_counted_by_statement()
    {
        await Task.WhenAll(Enumerable.Range(1, 5).Select(id => AppendAsync(id, points: id)));
        var changed = await _db.AppendAsync([$"UPDATE marks SET points = 0 WHERE id < {4}", $"DELETE FROM marks WHERE id > {100}", $"DELETE FROM marks"]);

        Assert.Equal("3 0 5", string.Join(" ", changed));
    }

    [Fact]
    public async Task Who_gives_up_while_waiting_is_not_run()
    {
        using var ended = new CancellationTokenSource();
        await ended.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.AppendAsync([$"INSERT INTO marks (id, points) VALUES ({1}, {1})"], ended.Token));
        Assert.Equal(0, await _db.FirstAsync<long?>($"SELECT count(*) FROM marks"));
    }

    [Fact]
    public async Task A_broken_connection_fails_the_callers_and_the_next_go_on()
    {
        // The statement waits for a lock, is found there and killed; the login may end its own sessions.
        await AppendAsync(1, points: 1);
        Task<int[]> stuck = null!;
        await _db.TransactAsync(async () =>
        {
            await _db.ExecuteAsync($"UPDATE marks SET points = 2 WHERE id = 1");
            stuck = _store.AppendAsync([$"UPDATE marks SET points = 3 WHERE id = 1"], default);
            await _db.ExecuteAsync($"RESET ROLE");
            long? killed = null;
            while (killed is null)
                killed = await _db.FirstAsync<long?>($"SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()) AS k HAVING count(*) > 0");
        });

        await Assert.ThrowsAnyAsync<Exception>(() => stuck);
        Assert.Equal(2, await _db.FirstAsync<long?>($"SELECT points FROM marks WHERE id = 1"));
        await AppendAsync(2, points: 1);
    }

    private Task<int[]> AppendAsync(long id, long points) =>
        _store.AppendAsync([$"INSERT INTO marks (id, points) VALUES ({id}, {points})"], default);
}
