using System.Text.Json;

namespace ELearning.Recipes;

/// <summary>One check of a value against a shape: what is known, and the mistakes so far.</summary>
internal sealed class ShapeCheck(string recipe, FeatureCatalog catalog, List<Mistake> mistakes)
{
    public FeatureCatalog Catalog => catalog;

    /// <returns>Whether the value is as it should be.</returns>
    public bool Value(Shape shape, Node value, string what)
    {
        // The expression that it came from is a mistake already.
        if (value.Kind == JsonValueKind.Undefined) return false;

        var before = mistakes.Count;
        shape.CheckValue(value, what, this);
        return mistakes.Count == before && !value.HasUndefined;
    }

    public void Kind(Node value, string what, string wanted, string example) =>
        Add(value.At, $"{what} must be {wanted}, {example}; here is {Word(value.Kind)}.");

    public void Add(Node value, string text) => Add(value.At, text);

    public void Add(Place at, string text) => mistakes.Add(new(recipe, at, text));

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Null => "null",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
