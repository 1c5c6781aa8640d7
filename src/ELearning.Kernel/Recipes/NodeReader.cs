using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ELearning.Recipes;

/// <summary>Reads JSON with comments and trailing commas into nodes that know where they stand.</summary>
internal sealed class NodeReader
{
    private readonly string _recipe;
    private readonly byte[] _utf8;
    private readonly List<Mistake> _mistakes;
    private readonly List<int> _lines = [0];

    private NodeReader(string recipe, byte[] utf8, List<Mistake> mistakes)
    {
        (_recipe, _utf8, _mistakes) = (recipe, utf8, mistakes);
        for (var i = 0; i < utf8.Length; i++)
            if (utf8[i] == '\n') _lines.Add(i + 1);
    }

    /// <returns>Null when the text is no JSON; the reason is then among the mistakes.</returns>
    public static Node? Read(string recipe, byte[] utf8, List<Mistake> mistakes)
    {
        if (utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        return new NodeReader(recipe, utf8, mistakes).Read();
    }

    private Node? Read()
    {
        if (!Utf8.IsValid(_utf8))
        {
            Utf8.ToUtf16(_utf8, new char[_utf8.Length], out var valid, out _, replaceInvalidSequences: false);
            _mistakes.Add(new(_recipe, At(valid), "This is not UTF-8. Save the file in that encoding."));
            return null;
        }

        if (_utf8.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            _mistakes.Add(new(_recipe, At(0), "This is empty. A recipe begins with {."));
            return null;
        }

        var reader = new Utf8JsonReader(_utf8, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        try
        {
            reader.Read();
            var root = Value(ref reader);
            // Reads on to the end: a second value after the first is a mistake as well.
            reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            var line = (int)Math.Min(e.LineNumber ?? 0, _lines.Count - 1);
            var at = Math.Min(_lines[line] + (int)(e.BytePositionInLine ?? 0), _utf8.Length);
            var reason = e.Message.Split(" LineNumber:")[0];
            _mistakes.Add(new(_recipe, At(at), $"This is not JSON: {reason} Look for a missing comma, quotation mark or bracket here or just before."));
            return null;
        }
    }

    private Node Value(ref Utf8JsonReader reader)
    {
        var at = At((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Object(ref reader, at);
            case JsonTokenType.StartArray:
                var items = new List<Node>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader));
                return new(JsonValueKind.Array, at) { Items = items };
            case JsonTokenType.String:
                return new(JsonValueKind.String, at, Text(ref reader, at));
            case JsonTokenType.Number:
                return new(JsonValueKind.Number, at, Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return new(JsonValueKind.True, at, "true");
            case JsonTokenType.False:
                return new(JsonValueKind.False, at, "false");
            default:
                return new(JsonValueKind.Null, at, "null");
        }
    }

    private Node Object(ref Utf8JsonReader reader, Place at)
    {
        var members = new List<Member>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var nameAt = At((int)reader.TokenStartIndex);
            var name = Text(ref reader, nameAt);
            reader.Read();
            var value = Value(ref reader);
            if (names.Add(name)) members.Add(new(name, nameAt, value));
            else _mistakes.Add(new(_recipe, nameAt, $"\"{name}\" stands here a second time. Remove one of them."));
        }
        return new(JsonValueKind.Object, at) { Members = members };
    }

    private string Text(ref Utf8JsonReader reader, Place at)
    {
        try
        {
            var text = reader.GetString()!;
            if (!text.Contains('\0')) return text;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: no text at all, and PostgreSQL could not keep it.
        }
        _mistakes.Add(new(_recipe, at, "This text has a character that cannot be stored (U+0000 or half of a surrogate pair). Remove it."));
        return "";
    }

    private Place At(int offset)
    {
        var line = _lines.BinarySearch(offset);
        if (line < 0) line = ~line - 1;
        return new(line + 1, Encoding.UTF8.GetCharCount(_utf8.AsSpan(_lines[line]..offset)) + 1);
    }
}
