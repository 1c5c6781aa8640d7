using ELearning.Data;

namespace ELearning.Keeping;

/// <summary>What a column holds, whatever its database calls that.</summary>
internal enum Kind { Text, Id, Short, Integer, Long, Boolean, Instant, Day, Float, Double, Bytes, Json }

internal sealed record Column(string Name, Kind Kind, bool IsRequired);

/// <summary>A table as the database has it, not as this release would make it.</summary>
/// <param name="Columns">By name, so that two databases whose columns were added in another order are told alike.</param>
/// <param name="Key">The columns of the primary key, in its order.</param>
internal sealed record TableShape(string Name, Column[] Columns, string[] Key)
{
    /// <summary>The tables that hold rows of their own; what an engine keeps behind a search index is not among them.</summary>
    public static async Task<Dictionary<string, TableShape>> ReadAllAsync(Borrowed connection, Dialect dialect, CancellationToken ct)
    {
        var rows = new List<(string Table, string Column, string Type, long Key, bool Required)>();
        await using (var command = connection.Command(dialect == Dialect.Sqlite ? Sqlite : Postgres))
        await using (var reader = await command.ExecuteReaderAsync(ct))
            while (await reader.ReadAsync(ct)) rows.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetBoolean(4)));

        return rows.GroupBy(row => row.Table).ToDictionary(table => table.Key, table => new TableShape(
            table.Key,
            [.. table.OrderBy(row => row.Column, StringComparer.Ordinal).Select(row => new Column(row.Column, KindOf(row.Table, row.Column, row.Type), row.Required))],
            [.. table.Where(row => row.Key > 0).OrderBy(row => row.Key).Select(row => row.Column)]));
    }

    private static Sql Sqlite => $"""
        SELECT t.name, c.name, c.type, c.pk, c."notnull" FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND t.sql NOT LIKE 'CREATE VIRTUAL %' AND c.hidden = 0 AND c.type <> ''
        ORDER BY t.name, c.cid
        """;

    private static Sql Postgres => $"""
        SELECT t.relname::text, c.attname::text, format_type(c.atttypid, NULL), COALESCE(array_position(k.indkey::int2[], c.attnum) + 1, 0)::bigint, c.attnotnull
        FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid LEFT JOIN pg_index k ON k.indrelid = t.oid AND k.indisprimary
        WHERE t.relnamespace = current_schema()::text::regnamespace AND t.relkind = 'r' AND c.attnum > 0 AND NOT c.attisdropped
            AND c.attgenerated = '' AND format_type(c.atttypid, NULL) <> 'tsvector'
        ORDER BY t.relname, c.attnum
        """;

    private static Kind KindOf(string table, string column, string type) => type.ToLowerInvariant().Split('(')[0].Trim() switch
    {
        "text" or "varchar" or "character varying" => Kind.Text,
        "uuid" => Kind.Id,
        "smallint" => Kind.Short,
        "integer" or "int" => Kind.Integer,
        "bigint" => Kind.Long,
        "boolean" => Kind.Boolean,
        "timestamptz" or "timestamp with time zone" => Kind.Instant,
        "date" => Kind.Day,
        "real" => Kind.Float,
        "double precision" => Kind.Double,
        "bytea" or "blob" => Kind.Bytes,
        "jsonb" or "json" => Kind.Json,
        _ => throw new KeepingException($"Column {column} of {table} has the type {type}, which both databases do not keep alike. Use another."),
    };
}

/// <summary>Something about an archive or a database that whoever asked must know, and can do something about.</summary>
internal sealed class KeepingException(string message, Exception? inner = null) : Exception(message, inner);
