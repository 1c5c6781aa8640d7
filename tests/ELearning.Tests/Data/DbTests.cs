using ELearning.Data;
using Xunit;

namespace ELearning.Tests.Data;

public sealed class DbTests(PostgresInstallation postgres) : IClassFixture<PostgresInstallation>
{
    private static readonly Sql Courses = $"""
        CREATE TABLE courses (id UUID NOT NULL PRIMARY KEY, sort_name TEXT NOT NULL, seats BIGINT, state TEXT NOT NULL, opens_at TIMESTAMPTZ NOT NULL,
            day DATE NOT NULL, is_free BOOLEAN NOT NULL, picture BYTEA NOT NULL, settings JSONB NOT NULL)
        """;

    public static TheoryData<string> Engines => Scratch.Engines;

    private enum State { Draft, Open }

    private sealed record Settings(string Title, int Size);

    private sealed record Course(Guid Id, string SortName, int? Seats, State State, DateTimeOffset OpensAt, DateOnly Day, bool IsFree, byte[] Picture, Json<Settings> Settings);

    private static readonly Course Algebra = new(Guid.CreateVersion7(), "algebra", null, State.Open,
        new(2026, 3, 1, 9, 30, 0, 123, 456, TimeSpan.Zero), new(2026, 3, 2), true, [1, 2], new Settings("Algebra", 3));

    [Theory, MemberData(nameof(Engines))]
    public async Task A_record_comes_back_as_it_was_inserted(string engine)
    {
        await using var scratch = await ScratchAsync(engine);
        var db = scratch.Open();
        await db.InsertAsync("courses", [Algebra, Algebra with { Id = Guid.CreateVersion7(), Seats = 5 }]);

        var read = await db.ListAsync<Course>($"SELECT id, sort_name, seats, state, opens_at, day, is_free, picture, settings FROM courses ORDER BY id LIMIT 10");

        Assert.Equal(Algebra, read[0] with { Picture = Algebra.Picture });
        Assert.Equal(Algebra.Picture, read[0].Picture);
        Assert.Equal(5, read[1].Seats);
        Assert.Equal([(Algebra.Id, "algebra")], (await db.ListAsync<(Guid, string)>($"SELECT id, sort_name FROM courses ORDER BY id LIMIT 1")).ToArray());
        Assert.Equal(State.Open, await db.FirstAsync<State?>($"SELECT state FROM courses WHERE id = {Algebra.Id}"));
        Assert.Null(await db.FirstAsync<int?>($"SELECT seats FROM courses WHERE id = {Algebra.Id}"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_NULL_where_none_may_be_says_where(string engine)
    {
        await using var scratch = await ScratchAsync(engine);

        var thrown = await Assert.ThrowsAsync<InvalidCastException>(() => scratch.Open().ListAsync<Settings>($"SELECT CAST(NULL AS TEXT) AS title, 1 AS size"));
        Assert.Contains("Settings.Title", thrown.Message);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Nothing_follows_an_error_inside_a_transaction(string engine)
    {
        await using var scratch = await ScratchAsync(engine);
        var db = scratch.Open();

        await Assert.ThrowsAsync<InvalidOperationException>(() => db.TransactAsync(async () =>
        {
            await db.InsertAsync("courses", [Algebra]);
            await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => db.InsertAsync("courses", [Algebra]));
            await Assert.ThrowsAsync<InvalidOperationException>(() => db.FirstAsync<int?>($"SELECT 1"));
        }));

        Assert.Equal(0, await db.FirstAsync<int?>($"SELECT count(*) FROM courses"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task While_rows_stream_nothing_else_is_asked_and_afterwards_it_may_be(string engine)
    {
        await using var scratch = await ScratchAsync(engine);
        var db = scratch.Open();
        await db.InsertAsync("courses", [Algebra, Algebra with { Id = Guid.CreateVersion7() }]);

        var seen = 0;
        await foreach (var _ in db.StreamAsync<Guid>($"SELECT id FROM courses ORDER BY id LIMIT 10"))
        {
            seen++;
            await Assert.ThrowsAsync<InvalidOperationException>(() => db.FirstAsync<int?>($"SELECT 1"));
        }

        Assert.Equal(2, seen);
        Assert.Equal(1, await db.FirstAsync<int?>($"SELECT 1"));
    }

    [Fact]
    public async Task Statements_are_counted_and_shown_to_who_listens()
    {
        await using var folder = await SqliteFolder.CreateAsync();
        var meter = new StatementMeter();
        var seen = new List<string>();
        folder.Engine.StatementSeen = (_, sql) => seen.Add(sql.Text);
        var db = new Db(folder.Engine.Open("a"), meter);

        await db.TransactAsync(() => db.FirstAsync<int?>($"SELECT {1}"));
        await db.FirstAsync<int?>($"SELECT 2");

        Assert.Equal(2, meter.Count);
        Assert.Equal(["SELECT $1", "SELECT 2"], seen);
        Assert.True(meter.Slowest?.Elapsed <= meter.Elapsed);
    }

    private Task<Scratch> ScratchAsync(string engine) => Scratch.MakeAsync(engine, tenant: _ => [Courses], shared: engine == "postgres" ? postgres : null);
}
