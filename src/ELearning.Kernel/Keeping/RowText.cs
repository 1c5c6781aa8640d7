using System.Buffers.Text;
using System.Data.Common;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ELearning.Data;

namespace ELearning.Keeping;

/// <summary>A row as one line of JSON: the same line from either database, so that a hash over lines says whether two tenants are alike.</summary>
internal static class RowText
{
    public static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter line, Column[] columns, DbDataReader row)
    {
        line.WriteStartObject();
        for (var i = 0; i < columns.Length; i++)
        {
            line.WritePropertyName(columns[i].Name);
            if (row.IsDBNull(i)) line.WriteNullValue();
            else Write(line, columns[i].Kind, row, i);
        }
        line.WriteEndObject();
    }

    /// <summary>The values of a line in the order of the columns; a column that the line lacks is NULL.</summary>
    public static object?[] Read(string table, Column[] columns, ReadOnlyMemory<byte> line)
    {
        try
        {
            using var row = JsonDocument.Parse(line);
            var values = new object?[columns.Length];
            var found = 0;
            for (var i = 0; i < columns.Length; i++)
            {
                if (!row.RootElement.TryGetProperty(columns[i].Name, out var value)) continue;
                found++;
                values[i] = value.ValueKind == JsonValueKind.Null ? null : Read(columns[i].Kind, value);
            }
            if (found == row.RootElement.EnumerateObject().Count()) return values;

            var unknown = row.RootElement.EnumerateObject().First(property => Array.TrueForAll(columns, column => column.Name != property.Name));
            throw new KeepingException($"The archive has a column {unknown.Name} in {table}, which this release does not know.");
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new KeepingException($"The archive has a row in {table} that cannot be read: {e.Message}", e);
        }
    }

    private static void Write(Utf8JsonWriter line, Kind kind, DbDataReader row, int at)
    {
        switch (kind)
        {
            case Kind.Text: line.WriteStringValue(row.GetString(at)); break;
            case Kind.Id: line.WriteStringValue(row.GetGuid(at)); break;
            case Kind.Short or Kind.Integer or Kind.Long: line.WriteNumberValue(row.GetInt64(at)); break;
            case Kind.Boolean: line.WriteBooleanValue(row.GetBoolean(at)); break;
            case Kind.Instant: line.WriteStringValue(row.GetFieldValue<DateTimeOffset>(at).UtcDateTime.ToString(Dialect.Instant, CultureInfo.InvariantCulture)); break;
            case Kind.Day: line.WriteStringValue(row.GetFieldValue<DateOnly>(at).ToString(Dialect.Day, CultureInfo.InvariantCulture)); break;
            case Kind.Float: line.WriteNumberValue(row.GetFloat(at)); break;
            case Kind.Double: line.WriteNumberValue(row.GetDouble(at)); break;
            case Kind.Bytes: line.WriteBase64StringValue(row.GetFieldValue<byte[]>(at)); break;
            case Kind.Json:
                using (var document = JsonDocument.Parse(row.GetString(at))) WriteSorted(line, document.RootElement);
                break;
        }
    }

    // JSONB forgets the order of keys, earlier duplicates and how a number was spelled; text remembers all of it.
    private static void WriteSorted(Utf8JsonWriter line, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                line.WriteStartObject();
                var properties = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
                foreach (var property in element.EnumerateObject()) properties[property.Name] = property.Value;
                foreach (var (name, value) in properties)
                {
                    line.WritePropertyName(name);
                    WriteSorted(line, value);
                }
                line.WriteEndObject();
                break;
            case JsonValueKind.Array:
                line.WriteStartArray();
                foreach (var item in element.EnumerateArray()) WriteSorted(line, item);
                line.WriteEndArray();
                break;
            case JsonValueKind.Number:
                WriteNumber(line, element.GetRawText());
                break;
            default:
                element.WriteTo(line);
                break;
        }
    }

    private static void WriteNumber(Utf8JsonWriter line, string text)
    {
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) line.WriteNumberValue(double.Parse(text, CultureInfo.InvariantCulture));
        else if (number == 0) line.WriteNumberValue(0);
        else line.WriteNumberValue(number / 1.0000000000000000000000000000m); // the quotient has no trailing zeros
    }

    private static object Read(Kind kind, JsonElement value) => kind switch
    {
        Kind.Text => value.GetString()!,
        Kind.Id => value.GetGuid(),
        Kind.Short => value.GetInt16(),
        // SQLite's INTEGER holds more than PostgreSQL's: what does not fit there is refused there.
        Kind.Integer => value.TryGetInt32(out var number) ? number : value.GetInt64(),
        Kind.Long => value.GetInt64(),
        Kind.Boolean => value.GetBoolean(),
        Kind.Instant => DateTimeOffset.ParseExact(value.GetString()!, Dialect.Instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        Kind.Day => DateOnly.ParseExact(value.GetString()!, Dialect.Day, CultureInfo.InvariantCulture),
        Kind.Float => value.GetSingle(),
        Kind.Double => value.GetDouble(),
        Kind.Bytes => Base64.IsValid(value.GetString()) ? value.GetBytesFromBase64() : throw new FormatException("not base64"),
        _ => new Json<JsonElement>(value.Clone()),
    };
}
