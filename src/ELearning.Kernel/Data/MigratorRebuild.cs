using System.Text.RegularExpressions;

namespace ELearning.Data;

/// <summary>
/// Gives a table another shape where ALTER TABLE cannot, with one text for both databases:
/// <c>REBUILD TABLE courses (id UUID PRIMARY KEY, state TEXT NOT NULL) INSERT (id, state) SELECT id, coalesce(state, 'draft') FROM courses</c>.
/// Indexes, views and other tables' foreign keys are as before.
/// </summary>
internal sealed partial record Rebuild(string Table, string Definition, string Copy)
{
    public static Rebuild? Parse(string text) => Form().Match(text) is { Success: true } match
        ? new(match.Groups["table"].Value.ToLowerInvariant(), match.Groups["definition"].Value, match.Groups["copy"].Value)
        : null;

    public async Task RunAsync(Borrowed transaction, Dialect dialect, CancellationToken ct)
    {
        var (before, after) = await (dialect == Dialect.Sqlite ? Sqlite(transaction, ct) : Postgres(transaction, ct));
        string[] steps =
        [
            $"CREATE TABLE {Table}__new {Definition}", $"INSERT INTO {Table}__new {Copy}",
            .. before, $"DROP TABLE {Table}", $"ALTER TABLE {Table}__new RENAME TO {Table}", .. after,
        ];
        foreach (var step in steps) await transaction.ExecuteAsync(Sql.Trusted(step), ct);
    }

    // Foreign keys are off; with the old ALTER TABLE the rename neither rewrites those of other tables nor minds views on a table that is gone for a moment.
    private async Task<(List<string> Before, List<string> After)> Sqlite(Borrowed transaction, CancellationToken ct)
    {
        var made = await transaction.ListAsync($"SELECT sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name = {Table} AND sql IS NOT NULL ORDER BY rowid", ct);
        return (["PRAGMA legacy_alter_table = ON"], [.. made, "PRAGMA legacy_alter_table = OFF"]);
    }

    // Foreign keys of other tables and views hold on to the old table, so they are taken off and put back.
    private async Task<(List<string> Before, List<string> After)> Postgres(Borrowed transaction, CancellationToken ct)
    {
        var keys = await transaction.ListAsync($"""
            SELECT c.conrelid::regclass || ' ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint c
            WHERE c.contype = 'f' AND c.confrelid = {Table}::text::regclass AND c.conrelid <> c.confrelid ORDER BY c.conname, c.oid
            """, ct);
        var views = await transaction.ListAsync($"""
            SELECT DISTINCT v.oid::regclass || ' ' || pg_get_viewdef(v.oid) FROM pg_depend d
            JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
            WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = {Table}::text::regclass AND v.oid <> d.refobjid ORDER BY 1
            """, ct);
        var indexes = await transaction.ListAsync($"""
            SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
            WHERE i.indrelid = {Table}::text::regclass AND c.oid IS NULL ORDER BY i.indexrelid
            """, ct);
        return (
            [
                .. views.Select(view => $"DROP VIEW {view.Split(' ')[0]}"),
                .. keys.Select(key => $"ALTER TABLE {key.Split(' ')[0]} DROP CONSTRAINT {key.Split(' ')[1]}"),
            ],
            [
                .. indexes,
                .. keys.Select(key => key.Split(' ', 3)).Select(key => $"ALTER TABLE {key[0]} ADD CONSTRAINT {key[1]} {key[2]}"),
                .. views.Select(view => view.Split(' ', 2)).Select(view => $"CREATE VIEW {view[0]} AS {view[1]}"),
            ]);
    }

    [GeneratedRegex(@"^\s*REBUILD\s+TABLE\s+(?<table>\w+)\s*(?<definition>\(.*\))\s*INSERT\s*(?<copy>\([^()]*\)\s*SELECT\s.*)$", RegexOptions.IgnoreCase | RegexOptions.Singleline)]
    private static partial Regex Form();
}

/// <summary>What maintenance asks of a connection on loan.</summary>
internal static class Maintenance
{
    public static async Task<int> ExecuteAsync(this Borrowed borrowed, Sql sql, CancellationToken ct)
    {
        await using var command = borrowed.Command(sql);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The first column of every row, as text.</summary>
    public static async Task<List<string>> ListAsync(this Borrowed borrowed, Sql sql, CancellationToken ct)
    {
        var rows = new List<string>();
        await using var command = borrowed.Command(sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) rows.Add(reader.GetString(0));
        return rows;
    }
}
