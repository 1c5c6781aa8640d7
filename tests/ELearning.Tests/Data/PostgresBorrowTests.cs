using Npgsql;
using Xunit;

namespace ELearning.Data;

/// <summary>One connection for two tenants: whatever the one did with it, the other finds it as new.</summary>
public sealed class PostgresBorrowTests : PostgresTest
{
    private Db _math = null!;
    private Db _arts = null!;

    protected override int Connections => 1;

    protected override async Task PrepareAsync()
    {
        foreach (var tenant in new[] { "math", "arts" })
        {
            await Engine.CreateAsync(tenant, default);
            await new Db(Engine.OpenAsOwner(tenant)).ExecuteAsync($"CREATE TABLE notes (id BIGINT PRIMARY KEY, text TEXT, bytes BYTEA, at TIMESTAMPTZ, day DATE, done BOOLEAN, person UUID, share DOUBLE PRECISION)");
        }
        _math = new(Engine.Open("math"));
        _arts = new(Engine.Open("arts"));
    }

    [Fact]
    public async Task Returned_after_a_failed_statement()
    {
        await Assert.ThrowsAsync<PostgresException>(() => _math.ExecuteAsync($"INSERT INTO notes (id) VALUES (1 / {0})"));
        await UntouchedAsync();
        await Assert.ThrowsAsync<PostgresException>(() => _math.ListAsync<int>($"SELECT 1 / (3 - id) FROM (VALUES (1), (2), (3)) AS v (id)"));
        await UntouchedAsync();
    }

    [Fact]
    public async Task Returned_in_the_middle_of_a_transaction()
    {
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => _math.TransactAsync(async () =>
        {
            await _math.ExecuteAsync($"INSERT INTO notes (id) VALUES ({1})");
            throw new TimeZoneNotFoundException();
        }));
        await UntouchedAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => _math.TransactAsync(async () =>
        {
            await _math.ExecuteAsync($"INSERT INTO notes (id) VALUES ({1})");
            await Assert.ThrowsAsync<PostgresException>(() => _math.ExecuteAsync($"INSERT INTO notes (id) VALUES ({1})"));
        }));
        await UntouchedAsync();
    }

    [Fact]
    public async Task Returned_after_being_cancelled()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _math.ExecuteAsync($"SELECT pg_sleep(10)", soon.Token));
        await UntouchedAsync();
        using var later = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _math.TransactAsync(async () =>
        {
            await _math.ExecuteAsync($"INSERT INTO notes (id) VALUES ({1})");
            await _math.ExecuteAsync($"SELECT pg_sleep(10)", later.Token);
        }));
        await UntouchedAsync();
    }

    [Fact]
    public async Task Returned_in_the_middle_of_a_result()
    {
        await foreach (var number in _math.StreamAsync<int>($"SELECT n FROM generate_series(1, 100000) AS n"))
            if (number == 2) break;
        await UntouchedAsync();
    }

    [Fact]
    public async Task Returned_with_the_session_changed()
    {
        await _math.ExecuteAsync(Sql.Trusted($"SET ROLE el_{Installation}_r_arts"));
        await _math.ExecuteAsync($"SET search_path TO pg_catalog");
        await _math.ExecuteAsync($"SET statement_timeout TO 1");
        await _math.ExecuteAsync($"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
        await _math.ExecuteAsync($"SELECT pg_advisory_lock(7)");
        await _math.ExecuteAsync($"PREPARE mine AS SELECT 1");
        await _math.ExecuteAsync($"LISTEN mine");
        await UntouchedAsync();
        await _math.TransactAsync(async () =>
        {
            await _math.ExecuteAsync($"RESET ROLE");
            await _math.ExecuteAsync($"SET search_path TO pg_catalog");
        });
        await UntouchedAsync();
    }

    [Fact]
    public async Task Returned_by_ending_the_transaction_behind_our_back()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => _math.TransactAsync(async () =>
        {
            await _math.ExecuteAsync($"ROLLBACK");
            // Not entered any more, so the login's own rights, which are none.
            await _math.ExecuteAsync($"INSERT INTO t_math.notes (id) VALUES ({1})");
        }));
        await UntouchedAsync();
    }

    [Fact]
    public async Task Bulk_rows_keep_their_values_and_fail_as_one()
    {
        var row = new Note(1, "tab\t, line\r\n, \\N and \\ and ü", [0, 255], new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero), new(2026, 5, 4), true, Guid.NewGuid(), 0.1);
        var empty = new Note(2, null, null, null, null, null, null, null);

        Assert.Equal(2, await _math.InsertAsync("notes", [row, empty]));
        var read = await _math.ListAsync<Note>($"SELECT id, text, bytes, at, day, done, person, share FROM notes ORDER BY id");
        Assert.Equal(row with { Bytes = null }, read[0] with { Bytes = null });
        Assert.Equal(row.Bytes, read[0].Bytes);
        Assert.Equal(empty, read[1]);

        await Assert.ThrowsAsync<PostgresException>(() => _math.InsertAsync("notes", [empty with { Id = 3 }, empty]));
        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => _math.InsertAsync("notes", Failing(empty)));
        Assert.Equal(2, await _math.FirstAsync<long?>($"SELECT count(*) FROM notes"));
        await _math.ExecuteAsync($"DELETE FROM notes");
        await UntouchedAsync();
    }

    [Fact]
    public async Task Nothing_is_held_between_statements()
    {
        await _math.TransactAsync(() => _math.ExecuteAsync($"INSERT INTO notes (id) VALUES ({1})"));
        Assert.Equal(1, await _math.FirstAsync<long?>($"SELECT count(*) FROM notes"));
        // With one connection this would wait for ever, were it held between statements.
        Assert.Equal(0, await _arts.FirstAsync<long?>($"SELECT count(*) FROM notes"));
    }

    private static IEnumerable<Note> Failing(Note row)
    {
        yield return row with { Id = 4 };
        throw new TimeZoneNotFoundException();
    }

    private async Task UntouchedAsync()
    {
        Assert.Equal(0, await _arts.FirstAsync<long?>($"SELECT count(*) FROM notes"));
        Assert.Equal($"el_{Installation}_r_arts", await _arts.FirstAsync<string>($"SELECT current_user::text"));
        Assert.Equal(0, await _math.FirstAsync<long?>($"SELECT count(*) FROM notes"));
        Assert.Equal($"el_{Installation}_r_math", await _math.FirstAsync<string>($"SELECT current_user::text"));

        await using var connection = await Engine.PoolOf("math").OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT concat_ws(' ', current_user, current_setting('search_path'), current_setting('statement_timeout'), current_setting('transaction_read_only'),
                (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()), (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_listening_channels()))
            """, connection);
        Assert.Equal($"el_{Installation}_login \"$user\", public 0 off 0 0 0", await command.ExecuteScalarAsync());
    }

    private sealed record Note(long Id, string? Text, byte[]? Bytes, DateTimeOffset? At, DateOnly? Day, bool? Done, Guid? Person, double? Share);
}
