using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ELearning.Recipes;

namespace ELearning;

/// <summary>
/// What a value in a recipe may be: checks it, telling each mistake with its place and what to write instead, and writes
/// itself as JSON Schema.
/// </summary>
public abstract class Shape
{
    public static Shape Text { get; } = new TextShape();

    public static Shape Flag { get; } = new FlagShape();

    /// <summary>Whatever JSON can say; the step looks at it itself.</summary>
    public static Shape Any { get; } = new AnyShape();

    public static Shape Feature { get; } = Known("feature", catalog => catalog.All.Select(f => f.Id));

    public static Shape Theme { get; } = Known("theme", catalog => catalog.All.SelectMany(f => f.Declared.Themes).Select(t => t.Id));

    public static Shape Permission { get; } = Known("permission", catalog => catalog.Permissions.Keys);

    public static Shape Number(decimal minimum = decimal.MinValue, decimal maximum = decimal.MaxValue) => new NumberShape(minimum, maximum, isWhole: false);

    public static Shape Whole(long minimum = long.MinValue, long maximum = long.MaxValue) => new NumberShape(minimum, maximum, isWhole: true);

    /// <param name="check">What is wrong with a text, and what to write instead; null when nothing is.</param>
    public static Shape TextThat(Func<string, string?> check) => new TextShape { Check = check };

    public static Shape OneOf(string noun, params string[] values) => Known(noun, _ => values);

    /// <summary>A name of something that this host knows.</summary>
    public static Shape Known(string noun, Func<FeatureCatalog, IEnumerable<string>> values) => new TextShape { Noun = noun, Values = values };

    public static Shape List(Shape item) => new ListShape(item);

    /// <summary>An object whose property names are free.</summary>
    public static Shape Map(Shape value) => new MapShape(value);

    public static Shape Nullable(Shape shape) => new NullableShape(shape);

    public static Shape Record(params Property[] properties) => new ObjectShape(_ => properties);

    /// <summary>An object whose properties depend on what this host has.</summary>
    public static Shape Record(Func<FeatureCatalog, IEnumerable<Property>> properties) => new ObjectShape(properties);

    /// <summary>The shape of a CLR type, with the rules of its annotations.</summary>
    public static Shape Of(Type type) => ClrShapes.Of(type);

    /// <summary>A property of an object.</summary>
    public sealed record Property(string Name, Shape Shape, bool IsRequired = false, Func<JsonElement, string?>? Check = null);

    internal abstract void CheckValue(Node value, string what, ShapeCheck check);

    internal abstract JsonObject ToJsonSchema(FeatureCatalog catalog);

    private sealed class TextShape : Shape
    {
        public Func<string, string?>? Check { get; init; }
        public string? Noun { get; init; }
        public Func<FeatureCatalog, IEnumerable<string>>? Values { get; init; }

        internal override void CheckValue(Node value, string what, ShapeCheck check)
        {
            if (value.Kind != JsonValueKind.String) check.Kind(value, what, "a text", "such as \"text\"");
            else if (Check?.Invoke(value.Text) is { } wrong) check.Add(value, $"{what}: {wrong}");
            else if (Values?.Invoke(check.Catalog) is { } known && !known.Contains(value.Text, StringComparer.Ordinal))
                check.Add(value, $"There is no {Noun} \"{value.Text}\". {Nearest.Advice(value.Text, known)}");
        }

        internal override JsonObject ToJsonSchema(FeatureCatalog catalog)
        {
            var schema = new JsonObject { ["type"] = "string" };
            if (Values is null) return schema;
            return new()
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["enum"] = new JsonArray([.. Values(catalog).Select(v => (JsonNode)v)]) }, Expression()),
            };
        }
    }

    private sealed class AnyShape : Shape
    {
        internal override void CheckValue(Node value, string what, ShapeCheck check) { }

        internal override JsonObject ToJsonSchema(FeatureCatalog catalog) => [];
    }

    private sealed class FlagShape : Shape
    {
        internal override void CheckValue(Node value, string what, ShapeCheck check)
        {
            if (value.Kind is JsonValueKind.True or JsonValueKind.False) return;
            if (value.IsComputed && bool.TryParse(value.Text, out var flag)) value.Become(flag ? JsonValueKind.True : JsonValueKind.False, flag ? "true" : "false");
            else check.Kind(value, what, "true or false", "without quotation marks");
        }

        internal override JsonObject ToJsonSchema(FeatureCatalog catalog) => OrExpression("boolean");
    }

    private sealed class NumberShape(decimal minimum, decimal maximum, bool isWhole) : Shape
    {
        internal override void CheckValue(Node value, string what, ShapeCheck check)
        {
            var noun = isWhole ? "a whole number" : "a number";
            if (value.Kind != JsonValueKind.Number && !value.IsComputed)
            {
                check.Kind(value, what, noun, "such as 10");
                return;
            }

            if (!decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || isWhole && number != decimal.Truncate(number))
                check.Add(value, $"{what} must be {noun}, not {value.Text}.");
            else if (number < minimum || number > maximum)
                check.Add(value, $"{what} must be between {minimum.ToString(CultureInfo.InvariantCulture)} and {maximum.ToString(CultureInfo.InvariantCulture)}, not {value.Text}.");
            else
                value.Become(JsonValueKind.Number, isWhole ? decimal.Truncate(number).ToString(CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture));
        }

        internal override JsonObject ToJsonSchema(FeatureCatalog catalog) => OrExpression(isWhole ? "integer" : "number");
    }

    private sealed class ListShape(Shape item) : Shape
    {
        internal override void CheckValue(Node value, string what, ShapeCheck check)
        {
            if (value.Kind != JsonValueKind.Array) check.Kind(value, what, "a list", "such as [ ... ]");
            else foreach (var node in value.Items) check.Value(item, node, $"An item of {char.ToLowerInvariant(what[0])}{what[1..]}");
        }

        internal override JsonObject ToJsonSchema(FeatureCatalog catalog) => new() { ["type"] = "array", ["items"] = item.ToJsonSchema(catalog) };
    }

    private sealed class MapShape(Shape of) : Shape
    {
        internal override void CheckValue(Node value, string what, ShapeCheck check)
        {
            if (value.Kind != JsonValueKind.Object) check.Kind(value, what, "an object", "such as { \"name\": ... }");
            else foreach (var member in value.Members) check.Value(of, member.Value, $"\"{member.Name}\"");
        }

        internal override JsonObject ToJsonSchema(FeatureCatalog catalog) =>
            new() { ["type"] = "object", ["additionalProperties"] = of.ToJsonSchema(catalog) };
    }

    private sealed class NullableShape(Shape shape) : Shape
    {
        internal override void CheckValue(Node value, string what, ShapeCheck check)
        {
            if (value.Kind != JsonValueKind.Null) shape.CheckValue(value, what, check);
        }

        internal override JsonObject ToJsonSchema(FeatureCatalog catalog) =>
            new() { ["anyOf"] = new JsonArray(shape.ToJsonSchema(catalog), new JsonObject { ["type"] = "null" }) };
    }

    private sealed class ObjectShape(Func<FeatureCatalog, IEnumerable<Property>> properties) : Shape
    {
        internal override void CheckValue(Node value, string what, ShapeCheck check)
        {
            if (value.Kind != JsonValueKind.Object)
            {
                check.Kind(value, what, "an object", "such as { \"name\": ... }");
                return;
            }

            var known = properties(check.Catalog).ToList();
            foreach (var member in value.Members)
            {
                if (known.Find(p => p.Name.Equals(member.Name, StringComparison.OrdinalIgnoreCase)) is not { } property)
                    check.Add(member.At, $"{what} has no property \"{member.Name}\". {Nearest.Advice(member.Name, known.Select(p => p.Name))}");
                else if (check.Value(property.Shape, member.Value, $"\"{property.Name}\"") && property.Check?.Invoke(member.Value.ToElement()) is { } wrong)
                    check.Add(member.Value, wrong);
            }
            foreach (var missing in known.Where(p => p.IsRequired && value.Find(p.Name) is null))
                check.Add(value, $"{what} needs \"{missing.Name}\". Add it.");
        }

        internal override JsonObject ToJsonSchema(FeatureCatalog catalog)
        {
            var known = properties(catalog).ToList();
            var schema = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject(known.Select(p => KeyValuePair.Create(p.Name, (JsonNode?)p.Shape.ToJsonSchema(catalog)))),
                ["additionalProperties"] = false,
            };
            if (known.Any(p => p.IsRequired)) schema["required"] = new JsonArray([.. known.Where(p => p.IsRequired).Select(p => (JsonNode)p.Name)]);
            return schema;
        }
    }

    private static JsonObject Expression() => new() { ["type"] = "string", ["pattern"] = @"^\[.*\]$" };

    private static JsonObject OrExpression(string type) => new() { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = type }, Expression()) };
}
