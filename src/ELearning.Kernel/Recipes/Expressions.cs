using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace ELearning.Recipes;

/// <summary>
/// The closed language of recipes: <c>[uuid()] [now()] [variables('x')] [parameters('x')] [configuration('k', 'default')]
/// [file:text('path')]</c>. Only texts that stand in the recipe are expressions; a value is never evaluated again, so
/// nothing that came in as a parameter or from a file is.
/// </summary>
internal sealed partial class Expressions(
    RecipeSource source, Node? variables, IReadOnlyDictionary<string, string> parameters, IConfiguration configuration,
    TimeProvider clock, List<Mistake> mistakes)
{
    private const string Functions = "uuid(), now(), variables('name'), parameters('name'), configuration('key', 'default') and file:text('path')";

    private readonly Dictionary<string, Node> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly Stack<string> _evaluating = new();

    /// <summary>The same value with its expressions replaced. What cannot be evaluated becomes undefined, and a mistake.</summary>
    public Node Evaluate(Node node) => node.Kind switch
    {
        JsonValueKind.Object => new(node.Kind, node.At) { Members = [.. node.Members.Select(m => m with { Value = Evaluate(m.Value) })] },
        JsonValueKind.Array => new(node.Kind, node.At) { Items = [.. node.Items.Select(Evaluate)] },
        JsonValueKind.String => EvaluateText(node),
        _ => node,
    };

    /// <summary>Evaluates the variables that nothing has used, for their mistakes.</summary>
    public void EvaluateVariables()
    {
        foreach (var variable in variables?.Members ?? []) Variable(variable.Name, variable.At);
    }

    /// <summary>The text as it is written in a recipe so that it is read as itself.</summary>
    public static string Escape(string text) =>
        text.StartsWith("[[", StringComparison.Ordinal) || text.StartsWith('[') && text.EndsWith(']') ? "[" + text : text;

    private Node EvaluateText(Node node)
    {
        var text = node.Text;
        if (text.StartsWith("[[", StringComparison.Ordinal)) return new(node.Kind, node.At, text[1..]);
        if (!text.StartsWith('[') || !text.EndsWith(']')) return node;

        if (OrchardNow().IsMatch(text)) return Computed(node, Now());
        var call = Call().Match(text);
        if (!call.Success)
            return Wrong(node.At, $"\"{text}\" is no expression. Write one of {Functions}, or [{text} when the text itself is meant.");

        var arguments = new[] { call.Groups["first"], call.Groups["second"] }.Where(g => g.Success).Select(g => Unescape(g.Value)).ToArray();
        return (call.Groups["name"].Value, arguments) switch
        {
            ("uuid", []) => Computed(node, Guid.CreateVersion7(clock.GetUtcNow()).ToString()),
            ("now", []) => Computed(node, Now()),
            ("variables", [var name]) => Variable(name, node.At) is { } value ? new(value.Kind, node.At, value.Text) { IsComputed = true } : Undefined(node.At),
            ("parameters", [var name]) => Parameter(node, name),
            ("configuration", [var key]) => Configuration(node, key, null),
            ("configuration", [var key, var otherwise]) => Configuration(node, key, otherwise),
            ("file:text", [var path]) when !call.Groups["js"].Success => FileText(node, path),
            ("uuid" or "now" or "variables" or "parameters" or "configuration" or "file:text", _) =>
                Wrong(node.At, $"\"{text}\" does not have the arguments that it takes. Write one of {Functions}."),
            var (name, _) => Wrong(node.At, $"There is no function \"{name}\". {Nearest.Advice(name, ["uuid", "now", "variables", "parameters", "configuration", "file:text"])}"),
        };
    }

    private Node? Variable(string name, Place at)
    {
        if (_values.TryGetValue(name, out var known)) return known.Kind == JsonValueKind.Undefined ? null : known;
        if (variables?.Find(name) is not { } node)
        {
            Wrong(at, $"There is no variable \"{name}\". {Nearest.Advice(name, variables?.Members.Select(m => m.Name) ?? [])}");
            return null;
        }
        if (_evaluating.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            Wrong(at, $"The variables {string.Join(", ", _evaluating.Reverse().Select(v => $"\"{v}\""))} are made of each other. Give one of them a value of its own.");
            return null;
        }

        _evaluating.Push(name);
        var value = _values[name] = node.Kind == JsonValueKind.String ? EvaluateText(node) : node;
        _evaluating.Pop();
        return value.Kind == JsonValueKind.Undefined ? null : value;
    }

    private Node Parameter(Node node, string name) =>
        parameters.FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Key: not null, Value: var value }
            ? Computed(node, value)
            : Wrong(node.At, $"The parameter \"{name}\" was not given. {Nearest.Advice(name, parameters.Keys)}");

    private Node Configuration(Node node, string key, string? otherwise) =>
        (configuration[$"Recipes:{key}"] ?? otherwise) is { } value
            ? Computed(node, value)
            : Wrong(node.At, $"The configuration has no Recipes:{key}. Set it, or write [configuration('{key}', 'a default')].");

    private Node FileText(Node node, string path)
    {
        try
        {
            return Computed(node, source.ReadFile(path));
        }
        catch (RecipeException e)
        {
            return Wrong(node.At, e.Message);
        }
    }

    private string Now() => clock.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture);

    private static Node Computed(Node node, string value) => new(JsonValueKind.String, node.At, value) { IsComputed = true };

    private Node Wrong(Place at, string text)
    {
        mistakes.Add(new(source.Name, at, text));
        return Undefined(at);
    }

    private static Node Undefined(Place at) => new(JsonValueKind.Undefined, at);

    private static string Unescape(string text) => Escapes().Replace(text, "$1");

    [GeneratedRegex(@"^\[\s*(?<js>js:\s*)?(?<name>[A-Za-z]+(?::[A-Za-z]+)?)\(\s*(?:'(?<first>(?:[^'\\]|\\.)*)'\s*(?:,\s*'(?<second>(?:[^'\\]|\\.)*)'\s*)?)?\)\s*\]$", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\[\s*js:\s*new Date\(\)\.toISOString\(\)\s*\]$")]
    private static partial Regex OrchardNow();

    [GeneratedRegex(@"\\(.)", RegexOptions.Singleline)]
    private static partial Regex Escapes();
}
