using ELearning.Data;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace ELearning.Tests.Data;

public sealed class SqlTests
{
    private enum Colour { Red }

    private sealed record Settings(string Name, int Size);

    [Fact]
    public void Every_hole_becomes_a_parameter()
    {
        var name = "'; DROP TABLE people; --";
        Sql sql = $"SELECT id FROM people WHERE name = {name} AND age > {3}";

        Assert.Equal("SELECT id FROM people WHERE name = $1 AND age > $2", sql.Text);
        Assert.Equal([name, 3], sql.Values);
    }

    [Fact]
    public void Fragments_and_lists_are_spliced_in_and_numbered_through()
    {
        Sql who = $"owner = {7}";
        int[] states = [1, 2];
        Sql sql = $"SELECT id FROM courses WHERE {who} AND state IN {states} AND {who}";

        Assert.Equal("SELECT id FROM courses WHERE owner = $1 AND state IN ($2, $3) AND owner = $4", sql.Text);
        Assert.Equal([7, 1, 2, 7], sql.Values);
    }

    [Fact]
    public void Conditions_are_joined_and_none_at_all_always_holds()
    {
        Assert.Equal("TRUE", Sql.And([]).Text);
        Assert.Equal("TRUE AND (a = $1) AND (b = $2 OR c = $3)", Sql.And([$"a = {1}", $"b = {2} OR c = {3}"]).Text);
    }

    [Fact]
    public void An_empty_list_is_refused() =>
        Assert.Throws<ArgumentException>(() => { Sql sql = $"SELECT id FROM courses WHERE id IN {Array.Empty<int>()}"; return sql; });

    [Theory]
    [InlineData("abc", "abd")]
    [InlineData("a\uD7FF", "a\uE000")]
    [InlineData("a\U0010FFFF", "b")]
    [InlineData("\U0001F600", "\U0001F601")]
    public void A_prefix_is_a_range_of_code_points(string text, string next)
    {
        var sql = Sql.Prefix("p.sort_name", text);

        Assert.Equal("(p.sort_name >= $1 AND p.sort_name < $2)", sql.Text);
        Assert.Equal([text, next], sql.Values);
    }

    [Fact]
    public void A_prefix_without_an_end_is_half_a_range() =>
        Assert.Equal("name >= $1", Sql.Prefix("name", "\U0010FFFF").Text);

    [Theory]
    [InlineData("name; DROP TABLE people")]
    [InlineData("Name")]
    [InlineData("a.b.c")]
    [InlineData("name\n")]
    [InlineData("")]
    public void A_column_is_nothing_but_a_name(string column) =>
        Assert.Throws<ArgumentException>(() => Sql.Prefix(column, "a"));

    [Theory]
    [InlineData("SELECT id FROM people", true)]
    [InlineData("\n  with a AS (SELECT 1) SELECT 1 FROM a", true)]
    [InlineData("WITH a AS (SELECT 1) delete FROM people", false)]
    [InlineData("INSERT INTO people DEFAULT VALUES RETURNING id", false)]
    public void A_read_is_told_by_its_words(string text, bool reads) => Assert.Equal(reads, Sql.Trusted(text).IsRead);

    [Fact]
    public void Text_that_one_database_refuses_is_refused_for_both()
    {
        // Not a theory: attributes are kept in UTF-8, which has no halves of pairs.
        string[] refused = ["a\0b", "\uD83D", "a\uDE00\uD83D", "\uD83Dx\uDE00"];

        Assert.All(refused, text => Assert.Throws<UnstorableTextException>(() => Dialect.Sqlite.ToDatabase(text)));
        Assert.All(refused, text => Assert.Throws<UnstorableTextException>(() => Dialect.Postgres.ToDatabase(text)));
    }

    [Fact]
    public void Whole_surrogate_pairs_are_text() =>
        Assert.Equal("a\U0001F600\U0001F601b", Dialect.Sqlite.ToDatabase("a\U0001F600\U0001F601b"));

    [Fact]
    public void Values_that_the_databases_would_not_keep_alike_are_refused()
    {
        foreach (var dialect in new[] { Dialect.Sqlite, Dialect.Postgres })
        {
            Assert.Throws<NotSupportedException>(() => dialect.ToDatabase(1.5m));
            Assert.Throws<NotSupportedException>(() => dialect.ToDatabase(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
            Assert.Throws<NotSupportedException>(() => dialect.ToDatabase(TimeSpan.Zero));
            Assert.Throws<NotSupportedException>(() => dialect.ToDatabase(1UL));
        }
    }

    [Fact]
    public void Instants_are_cut_to_microseconds_in_UTC()
    {
        var time = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(12345678);

        Assert.Equal("2026-03-01T10:00:01.234567Z", Dialect.Sqlite.ToDatabase(time));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.Zero).AddTicks(12345670), Dialect.Postgres.ToDatabase(time));
    }

    [Fact]
    public void Enums_travel_as_their_names() => Assert.Equal("Red", Dialect.Postgres.ToDatabase(Colour.Red));

    [Fact]
    public void Json_is_text_here_and_JSONB_there()
    {
        var json = new Json<Settings>(new("a", 1));
        var sqlite = Assert.IsType<SqliteParameter>(Dialect.Sqlite.Parameter("$1", json));
        var postgres = Assert.IsType<NpgsqlParameter>(Dialect.Postgres.Parameter("$1", json));

        Assert.Equal("""{"name":"a","size":1}""", sqlite.Value);
        Assert.Equal(NpgsqlTypes.NpgsqlDbType.Jsonb, postgres.NpgsqlDbType);
        Assert.Equal("", postgres.ParameterName);
    }

    [Fact]
    public void Json_is_an_object_or_an_array_without_U0000()
    {
        Assert.Throws<ArgumentException>(() => Dialect.Sqlite.ToDatabase(new Json<string>("a")));
        Assert.Throws<ArgumentException>(() => Dialect.Sqlite.ToDatabase(new Json<Settings?>(null)));
        Assert.Throws<UnstorableTextException>(() => Dialect.Sqlite.ToDatabase(new Json<string[]>(["a\0"])));
        Assert.Equal("""["\\u0000"]""", Dialect.Sqlite.ToDatabase(new Json<string[]>(["\\u0000"])));
    }
}
