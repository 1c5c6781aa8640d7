using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using ELearning.Data;

namespace ELearning;

/// <summary>
/// Remembers the statements that a suite has sent, and asks both databases again: over the same rows they must answer
/// alike, or both refuse.
/// </summary>
internal sealed class ParityRecorder
{
    private const int MostOfOneText = 3;

    private readonly ConcurrentDictionary<string, ConcurrentBag<Sql>> _seen = new();

    public IEnumerable<Sql> Statements => _seen.OrderBy(seen => seen.Key, StringComparer.Ordinal).SelectMany(seen => seen.Value.Take(MostOfOneText));

    public void Listen(Engine engine) => engine.StatementSeen += (_, sql) => Add(sql);

    public void Add(Sql sql)
    {
        var alike = _seen.GetOrAdd(sql.Text, _ => []);
        if (alike.Count < MostOfOneText) alike.Add(sql);
    }

    /// <summary>What the two answered differently, a line each. Both are left as they were.</summary>
    public async Task<List<string>> CompareAsync(Store sqlite, Store postgres, Func<Sql, bool>? which = null, CancellationToken ct = default)
    {
        var differences = new List<string>();
        foreach (var sql in Statements.Where(which ?? (_ => true)))
        {
            var (here, there) = (await AskAsync(sqlite, sql, ct), await AskAsync(postgres, sql, ct));
            if (here != there) differences.Add($"{sql.Text}\n  SQLite:     {here}\n  PostgreSQL: {there}");
        }
        return differences;
    }

    private static async Task<string> AskAsync(Store store, Sql sql, CancellationToken ct)
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
                return $"{reader.RecordsAffected} rows changed";
            }

            var rows = new List<string>();
            while (await reader.ReadAsync(ct))
                rows.Add(string.Join(" | ", Enumerable.Range(0, reader.FieldCount).Select(column => $"{reader.GetName(column)}={Plain(reader.GetValue(column))}")));
            return string.Join("; ", rows);
        }
        catch (System.Data.Common.DbException)
        {
            return "refused";
        }
    }

    // The same value as both would write it: what is a boolean, an id or an instant there is a number or text here.
    private static string Plain(object value) => value switch
    {
        DBNull => "NULL",
        bool flag => flag ? "1" : "0",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time when time.Kind == DateTimeKind.Utc => time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture),
        DateTime day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
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
}
