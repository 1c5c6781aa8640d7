using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace ELearning.Recipes;

/// <summary>Reads a recipe, and those that it calls, as far as that goes without a tenant: all mistakes at once, or all steps.</summary>
internal sealed class RecipeReader(FeatureCatalog catalog, IConfiguration configuration, RecipeFiles files, TimeProvider clock)
{
    private const string Calls = "recipes";

    private static readonly Shape Texts = Shape.List(Shape.Text);

    private static readonly Shape Header = Shape.Record(
        new("name", Shape.Text, IsRequired: true), new("steps", Shape.List(Shape.Map(Shape.Any)), IsRequired: true),
        new("displayName", Shape.Text), new("description", Shape.Text), new("author", Shape.Text), new("website", Shape.Text),
        new("version", Shape.Text), new("issetuprecipe", Shape.Flag), new("categories", Texts), new("tags", Texts),
        new("variables", Shape.Map(Shape.Text)), new("$schema", Shape.Text));

    private static readonly Shape CallsShape = Shape.Record(
        new Shape.Property("Values", Shape.List(Shape.Record(new("name", Shape.Text, IsRequired: true), new("executionid", Shape.Text))), IsRequired: true));

    public RecipeText Read(RecipeSource source, IReadOnlyDictionary<string, string> parameters)
    {
        var read = new RecipeText([], []);
        Read(source, parameters, read, []);
        return read with { Mistakes = [.. read.Mistakes.GroupBy(m => m.Recipe).SelectMany(file => file.OrderBy(m => m.At.Line).ThenBy(m => m.At.Column))] };
    }

    /// <summary>What a recipe may be on this host, as JSON Schema: for editors, and for people.</summary>
    public JsonObject Schema()
    {
        var schema = Header.ToJsonSchema(catalog);
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        schema["properties"]!["steps"]!["items"] = new JsonObject
        {
            ["anyOf"] = new JsonArray([.. StepNames.Select(name => StepShape(name).ToJsonSchema(catalog)).Zip(StepNames, (step, name) =>
            {
                step["properties"]!["name"] = new JsonObject { ["const"] = name };
                return step;
            })]),
        };
        return schema;
    }

    private IEnumerable<string> StepNames => catalog.RecipeSteps.Values.Select(step => step.Name).Append(Calls);

    private void Read(RecipeSource source, IReadOnlyDictionary<string, string> parameters, RecipeText read, List<string> callers)
    {
        if (NodeReader.Read(source.Name, source.Text, read.Mistakes) is not { } root) return;

        var check = new ShapeCheck(source.Name, catalog, read.Mistakes);
        check.Value(Header, root, "A recipe");
        if (root.Find("name") is { Kind: JsonValueKind.String } name && source.Folder is not null && name.Text != source.Name)
            check.Add(name, $"This recipe is called \"{source.Name}\" by its file. Write that name, or rename the file.");

        var variables = root.Find("variables") is { Kind: JsonValueKind.Object } found ? found : null;
        var expressions = new Expressions(source, variables, parameters, configuration, clock, read.Mistakes);
        foreach (var step in root.Find("steps")?.Items ?? [])
            if (step.Kind == JsonValueKind.Object) ReadStep(source, step, expressions, check, parameters, read, callers);
        expressions.EvaluateVariables();
    }

    private void ReadStep(
        RecipeSource source, Node step, Expressions expressions, ShapeCheck check, IReadOnlyDictionary<string, string> parameters,
        RecipeText read, List<string> callers)
    {
        if (step.Find("name") is not { } name)
        {
            check.Add(step, $"This step has no name. Add \"name\": one of {string.Join(", ", StepNames)}.");
            return;
        }
        if (name.Kind != JsonValueKind.String)
        {
            check.Kind(name, "The name of a step", "a text", "such as \"feature\"");
            return;
        }
        if (StepNames.FirstOrDefault(known => known.Equals(name.Text, StringComparison.OrdinalIgnoreCase)) is not { } stepName)
        {
            check.Add(name, $"There is no step \"{name.Text}\". {Nearest.Advice(name.Text, StepNames)}");
            return;
        }

        var body = new Node(JsonValueKind.Object, step.At) { Members = [.. step.Members.Where(member => member.Value != name)] };
        var value = expressions.Evaluate(body);
        var isRight = check.Value(StepShape(stepName), value, $"The step \"{stepName}\"");
        if (stepName == Calls)
            foreach (var called in value.Find("Values")?.Items.Select(item => item.Find("name")) ?? [])
            {
                if (called?.Kind == JsonValueKind.String) Call(source, called, check, parameters, read, callers);
            }
        else if (isRight) read.Steps.Add(new(source.Name, step.At.Line, step.At.Column, stepName, value.ToJson()));
    }

    private void Call(
        RecipeSource source, Node name, ShapeCheck check, IReadOnlyDictionary<string, string> parameters, RecipeText read, List<string> callers)
    {
        List<string> chain = [.. callers, source.Name];
        if (files.Find(name.Text) is not { } called)
            check.Add(name, $"There is no recipe \"{name.Text}\". {Nearest.Advice(name.Text, files.Names)}");
        else if (chain.Contains(called.Name))
            check.Add(name, $"Recipes call each other in a circle: {string.Join(" > ", chain.Append(called.Name))}. Remove one of the calls.");
        else
            Read(called, parameters, read, chain);
    }

    private Shape StepShape(string name) => name == Calls ? CallsShape : catalog.RecipeSteps[name].Takes;
}

/// <summary>What a recipe says: steps in order when there are no mistakes.</summary>
internal sealed record RecipeText(List<RecipeStep> Steps, List<Mistake> Mistakes);

/// <summary>One step, ready to run: its properties checked, its expressions replaced.</summary>
internal sealed record RecipeStep(string Recipe, int Line, int Column, string Name, string Json);
