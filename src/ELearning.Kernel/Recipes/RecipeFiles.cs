using System.Text.Json;

namespace ELearning.Recipes;

/// <summary>The recipes that this host has: every <c>name.recipe.json</c> in its folder of recipes and below.</summary>
internal sealed class RecipeFiles(KernelOptions options)
{
    private const string Ending = ".recipe.json";

    public IReadOnlyList<string> Names => [.. Files().Select(NameOf).Order(StringComparer.Ordinal)];

    /// <summary>What a list of recipes shows. Files that cannot be read are in it by their name: checking them says why.</summary>
    public IReadOnlyList<RecipeInfo> List() => [.. Files().OrderBy(NameOf, StringComparer.Ordinal).Select(Info)];

    public RecipeSource? Find(string name) =>
        Files().FirstOrDefault(file => NameOf(file) == name) is { } file ? new(name, File.ReadAllBytes(file), Path.GetDirectoryName(file)) : null;

    private IEnumerable<string> Files() => Directory.Exists(options.RecipesFolder)
        ? Directory.EnumerateFiles(options.RecipesFolder, "*" + Ending, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];

    private static string NameOf(string file) => Path.GetFileName(file)[..^Ending.Length];

    private static RecipeInfo Info(string file)
    {
        var root = NodeReader.Read(NameOf(file), File.ReadAllBytes(file), []);
        return new(NameOf(file), Text("displayName") ?? NameOf(file), Text("description") ?? "",
            root?.Find("issetuprecipe")?.Kind == JsonValueKind.True, root?.Find("tags")?.Items.Select(tag => tag.Text).ToArray() ?? []);

        string? Text(string name) => root?.Find(name) is { Kind: JsonValueKind.String } node ? node.Text : null;
    }
}

/// <summary>A recipe as it is offered for choice.</summary>
public sealed record RecipeInfo(string Name, string Title, string Description, bool IsForSetup, IReadOnlyList<string> Tags);
