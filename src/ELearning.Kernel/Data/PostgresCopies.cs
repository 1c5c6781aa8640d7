using System.Globalization;
using Npgsql;

namespace ELearning.Data;

/// <summary>
/// What tables were before they changed: <c>copies_t_school_1.courses_20260131235959123</c>, rows only, in a schema of
/// its own that belongs to the tables' owner and that no request can enter. A comment names the step.
/// </summary>
internal static class PostgresCopies
{
    private const string Instant = "yyyyMMddHHmmssfff";

    // A longer name would be cut, and the time with it.
    private const int Longest = 63 - 1 - 17;

    private sealed record Copy(string Schema, string Table, string Owner, string? Step)
    {
        public string Time => Table[(Table.LastIndexOf('_') + 1)..];

        public string Name => $"{PostgresNames.Quote(Schema)}.{PostgresNames.Quote(Table)}";
    }

    public static async Task MakeAsync(
        NpgsqlConnection connection, string owner, string schema, IReadOnlyList<string> tables, string step, DateTimeOffset at, CancellationToken ct)
    {
        var copies = PostgresNames.Copies(schema);
        var earlier = (await AllAsync(connection, ct)).Where(copy => copy.Schema == copies && copy.Step == step);
        var there = await ListAsync(connection, "SELECT tablename::text FROM pg_tables WHERE schemaname = $1 AND tablename = ANY ($2) ORDER BY tablename",
            row => row.GetString(0), ct, schema, tables.ToArray());
        var time = at.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture);
        var made = there.Select(table => (From: table, Name: $"{PostgresNames.Quote(copies)}.{PostgresNames.Quote($"{table[..Math.Min(table.Length, Longest)]}_{time}")}"));

        // The owner may not make schemas; the tables shall be its own, so that all goes when the tenant goes.
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        await PostgresSetup.ExecuteAsync(connection, ct,
        [
            $"CREATE SCHEMA IF NOT EXISTS {PostgresNames.Quote(copies)} AUTHORIZATION {PostgresNames.Quote(owner)}",
            Become(owner),
            .. earlier.Select(copy => $"DROP TABLE IF EXISTS {copy.Name}"),
            .. made.SelectMany(copy => new[]
            {
                $"CREATE TABLE {copy.Name} AS TABLE {PostgresNames.Quote(schema)}.{PostgresNames.Quote(copy.From)}",
                $"COMMENT ON TABLE {copy.Name} IS {PostgresNames.Literal(step)}",
            }),
        ]);
        await transaction.CommitAsync(ct);
    }

    public static async Task SweepAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken ct)
    {
        var oldest = before.UtcDateTime.ToString(Instant, CultureInfo.InvariantCulture);
        foreach (var copy in (await AllAsync(connection, ct)).Where(copy => string.CompareOrdinal(copy.Time, oldest) < 0))
            await PostgresSetup.ExecuteAsync(connection, ct, Become(copy.Owner), $"DROP TABLE IF EXISTS {copy.Name}");
    }

    // Until the transaction ends, which is the batch where there is no other.
    private static string Become(string role) => $"SELECT set_config('role', {PostgresNames.Literal(role)}, true)";

    private static Task<List<Copy>> AllAsync(NpgsqlConnection connection, CancellationToken ct) => ListAsync(connection, """
        SELECT n.nspname::text, c.relname::text, pg_get_userbyid(c.relowner)::text, obj_description(c.oid, 'pg_class')
        FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
        WHERE n.nspname LIKE 'copies\_%' AND c.relkind = 'r' ORDER BY n.nspname, c.relname
        """, row => new Copy(row.GetString(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3)), ct);

    private static async Task<List<T>> ListAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(read(reader));
        return rows;
    }
}
