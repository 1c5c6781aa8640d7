using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ELearning.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ELearning;

/// <summary>What came of asking both databases the same.</summary>
/// <param name="Differences">What was answered differently, a line each.</param>
/// <param name="Unordered">What gave several rows and does not say in which order.</param>
/// <param name="Answered">How many gave rows, or changed some, on both: the others were compared by their words only.</param>
internal sealed record Parity(List<string> Differences, List<string> Unordered, int Asked, int Answered);

/// <summary>
/// Remembers the statements that a suite has sent, and asks both databases again: over the same rows they must answer
/// alike, or both refuse for the same reason.
/// </summary>
internal sealed partial class ParityRecorder
{
    private const int MostTexts = 3000;
    private const int MostOfOneText = 3;

    // Statements that only one database is ever asked.
    private static readonly (Regex Text, string Why)[] OfOneEngine =
    [
        (Search(), "Full-text search is FTS5 here and tsvector there, behind one interface with a suite of its own."),
        (Catalog(), "The catalog is each database's own; the kernel asks it about tables, roles and locks."),
        (Lock(), "Rows are locked on PostgreSQL; on SQLite the one writer is the lock."),
        (Mention(), "Tests that ask for another tenant's tables by a name that only PostgreSQL has."),
    ];

    private static readonly (string Sqlite, string Postgres)[] Reasons =
    [
        ("UNIQUE constraint", PostgresErrorCodes.UniqueViolation),
        ("FOREIGN KEY constraint", PostgresErrorCodes.ForeignKeyViolation),
        ("NOT NULL constraint", PostgresErrorCodes.NotNullViolation),
        ("CHECK constraint", PostgresErrorCodes.CheckViolation),
        ("no such table", PostgresErrorCodes.UndefinedTable),
    ];

    private readonly ConcurrentDictionary<string, ConcurrentQueue<Sql>> _seen = new();

    public int Count => _seen.Count;

    public IEnumerable<Sql> Statements => _seen.OrderBy(seen => seen.Key, StringComparer.Ordinal).SelectMany(seen => seen.Value.Take(MostOfOneText));

    /// <summary>To all that tenants say; tables of the platform are no tenant's.</summary>
    public void Listen(Engine engine) => engine.StatementSeen += (store, sql) =>
    {
        if (store != engine.Platform) Add(sql);
    };

    public void Add(Sql sql)
    {
        // Definitions are the migrations' own tests; a bulk insert shows only its table.
        if (!Data().IsMatch(sql.Text) || OfOneEngine.Any(one => one.Text.IsMatch(sql.Text))) return;
        if (_seen.Count >= MostTexts && !_seen.ContainsKey(sql.Text)) return;
        var alike = _seen.GetOrAdd(sql.Text, _ => []);
        if (alike.Count < MostOfOneText) alike.Enqueue(sql);
    }

    /// <summary>Both databases are left as they were.</summary>
    public async Task<Parity> CompareAsync(Store sqlite, Store postgres, CancellationToken ct = default)
    {
        var parity = new Parity([], [], 0, 0);
        foreach (var sql in Statements.ToList())
        {
            var (here, there) = (await AskAsync(sqlite, sql, ct), await AskAsync(postgres, sql, ct));
            if (here.Text != there.Text) parity.Differences.Add($"{sql.Text}\n  with {string.Join(", ", sql.Values)}\n  SQLite:     {here.Text}\n  PostgreSQL: {there.Text}");
            if (Math.Max(here.Rows, there.Rows) > 1 && !OrderBy().IsMatch(sql.Text) && sql.IsRead) parity.Unordered.Add(sql.Text);
            parity = parity with { Asked = parity.Asked + 1, Answered = parity.Answered + (here.Rows > 0 && there.Rows > 0 ? 1 : 0) };
        }
        return parity;
    }

    private static async Task<(string Text, int Rows)> AskAsync(Store store, Sql sql, CancellationToken ct)
    {
        // Never committed, so that the next statement finds the same rows.
        await using var borrowed = await store.BorrowAsync(Use.Transaction, ct);
        try
        {
            await using var command = borrowed.Command(sql);
            await using var reader = await command.ExecuteReaderAsync(ct);
            if (reader.FieldCount == 0)
            {
                await reader.CloseAsync();
                return ($"{reader.RecordsAffected} rows changed", reader.RecordsAffected);
            }

            var rows = new List<string>();
            while (await reader.ReadAsync(ct))
                rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(column => $"{Name(reader, column)}={Plain(reader.GetValue(column))}")));
            // What comes in no order is compared as a set.
            if (!OrderBy().IsMatch(sql.Text)) rows.Sort(StringComparer.Ordinal);
            return (string.Join("; ", rows), rows.Count);
        }
        catch (Exception e) when (e is DbException or ArgumentException or NotSupportedException)
        {
            return ($"refused: {Reason(e)}", 0);
        }
    }

    // Nobody asks what the only column is called, which where nothing says it each database decides.
    private static string Name(DbDataReader reader, int column) => reader.FieldCount == 1 ? "" : reader.GetName(column);

    // A table may be one of the suite's own features, which these databases do not have.
    private static string Reason(Exception e) => e switch
    {
        SqliteException s => Reasons.FirstOrDefault(reason => s.Message.Contains(reason.Sqlite, StringComparison.Ordinal)).Sqlite ?? $"cannot be run ({s.Message})",
        PostgresException p => Reasons.FirstOrDefault(reason => p.SqlState == reason.Postgres).Sqlite ?? $"cannot be run ({p.MessageText})",
        _ => e.GetType().Name,
    };

    // The same value as both would write it: what is a boolean, an id or an instant there is a number or text here.
    private static string Plain(object value) => value switch
    {
        DBNull => "NULL",
        bool flag => flag ? "1" : "0",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time when time.Kind == DateTimeKind.Utc => time.ToString(Dialect.Instant, CultureInfo.InvariantCulture),
        DateTime day => day.ToString(Dialect.Day, CultureInfo.InvariantCulture),
        DateOnly day => day.ToString(Dialect.Day, CultureInfo.InvariantCulture),
        string text when text is ['{' or '[', ..] => Sorted(text),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    // JSONB keeps keys in an order of its own.
    private static string Sorted(string text)
    {
        try
        {
            return Sorted(JsonNode.Parse(text));
        }
        catch (System.Text.Json.JsonException)
        {
            return text;
        }
    }

    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject o => "{" + string.Join(",", o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"\"{p.Key}\":{Sorted(p.Value)}")) + "}",
        JsonArray a => "[" + string.Join(",", a.Select(Sorted)) + "]",
        null => "null",
        _ => node.ToJsonString(),
    };

    [GeneratedRegex(@"^\s*(SELECT|WITH|UPDATE|DELETE|INSERT\s+INTO\s+\w+\s*\()", RegexOptions.IgnoreCase)]
    private static partial Regex Data();

    [GeneratedRegex(@"\bORDER\s+BY\b", RegexOptions.IgnoreCase)]
    private static partial Regex OrderBy();

    [GeneratedRegex(@"\bsearch_\w+|\bMATCH\b|@@", RegexOptions.IgnoreCase)]
    private static partial Regex Search();

    [GeneratedRegex(@"\bsqlite_|\bpragma_|\bpg_|information_schema|current_schema|set_config|hashtext", RegexOptions.IgnoreCase)]
    private static partial Regex Catalog();

    [GeneratedRegex(@"\bFOR\s+(UPDATE|SHARE|KEY|NO\s+KEY)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Lock();

    [GeneratedRegex(@"\bFROM\s+t_\w+\.", RegexOptions.IgnoreCase)]
    private static partial Regex Mention();
}
