using System.Text.Json;
using System.Text.Json.Serialization;

namespace ELearning.Data;

/// <summary>The one way in which records become JSON in the database and in answers.</summary>
public static class Json
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T To<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)
        ?? throw new JsonException($"null is no {typeof(T).Name}.");

    // JSONB refuses the escape of U+0000; in \\u0000 the first backslash escapes the second, and it is harmless text.
    internal static bool HasNul(string text)
    {
        for (var at = text.IndexOf("\\u0000", StringComparison.Ordinal); at >= 0; at = text.IndexOf("\\u0000", at + 1, StringComparison.Ordinal))
        {
            var backslashes = 1;
            while (at >= backslashes && text[at - backslashes] == '\\') backslashes++;
            if (backslashes % 2 == 1) return true;
        }
        return false;
    }
}

/// <summary>A value kept as one JSON object or array in a column: text in SQLite, <c>JSONB</c> in PostgreSQL.</summary>
public readonly record struct Json<T>(T Value) : IJson
{
    public static implicit operator Json<T>(T value) => new(value);

    string IJson.Text
    {
        get
        {
            var text = Json.Of(Value);
            if (text[0] is not ('{' or '[')) throw new ArgumentException($"A JSON column holds an object or an array, not {text}.");
            return Json.HasNul(text) ? throw new UnstorableTextException() : text;
        }
    }
}

/// <summary>What a <see cref="Json{T}"/> of any type can say.</summary>
internal interface IJson
{
    string Text { get; }
}
