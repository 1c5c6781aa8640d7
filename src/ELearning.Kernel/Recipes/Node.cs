using System.Text;
using System.Text.Json;

namespace ELearning.Recipes;

/// <summary>Where something stands in a file, both counted from one, columns in characters as editors count them.</summary>
public readonly record struct Place(int Line, int Column);

/// <summary>Something to put right in a recipe, with what to write instead.</summary>
public sealed record Mistake(string Recipe, Place At, string Text)
{
    public override string ToString() => $"{Recipe}.recipe.json({At.Line},{At.Column}): {Text}";
}

/// <summary>A JSON value that knows where it stands.</summary>
internal sealed class Node(JsonValueKind kind, Place at, string text = "")
{
    /// <summary>Undefined where an expression could not be evaluated.</summary>
    public JsonValueKind Kind => kind;

    public Place At => at;

    /// <summary>A text's content, or a number as written.</summary>
    public string Text => text;

    /// <summary>The value of an expression. Expressions give texts; where another kind is asked for, it is read from the text.</summary>
    public bool IsComputed { get; init; }

    public List<Node> Items { get; init; } = [];

    public List<Member> Members { get; init; } = [];

    public Node? Find(string name) => Members.Find(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value;

    public bool HasUndefined => kind == JsonValueKind.Undefined
        || Items.Exists(item => item.HasUndefined) || Members.Exists(member => member.Value.HasUndefined);

    /// <summary>What a computed text means where a number or a flag is asked for.</summary>
    public void Become(JsonValueKind other, string written) => (kind, text) = (other, written);

    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) Write(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public JsonElement ToElement() => JsonElement.Parse(ToJson());

    public void Write(Utf8JsonWriter writer)
    {
        switch (kind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in Members)
                {
                    writer.WritePropertyName(member.Name);
                    member.Value.Write(writer);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in Items) item.Write(writer);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(text);
                break;
            default:
                writer.WriteRawValue(text);
                break;
        }
    }
}

internal sealed record Member(string Name, Place At, Node Value);
