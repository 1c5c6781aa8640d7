using System.Text.RegularExpressions;

namespace ELearning.Commands;

/// <summary>A sub-command of <c>./run</c>.</summary>
/// <param name="Name">One or two words: "tenants", "keys rotate".</param>
/// <param name="Usage">Its arguments as they are shown, which is also how they are checked: "NAME [--host HOST] [--dry-run]".</param>
internal sealed partial record Command(string Name, string Usage, string Help, Func<CommandContext, CancellationToken, Task> RunAsync)
{
    /// <summary>What was given, by the name that <see cref="Usage"/> has for it. A repeated argument has several values.</summary>
    public Dictionary<string, string[]> Read(IReadOnlyList<string> given)
    {
        var parameters = Parameters().Matches(Usage).Select(m => (Name: m.Groups["name"].Value, Value: m.Groups["value"].Value,
            IsOptional: m.Value[0] == '[', IsRepeated: m.Value.Contains("...", StringComparison.Ordinal))).ToList();
        var values = new Dictionary<string, string[]>();
        var positions = new Queue<string>();
        for (var i = 0; i < given.Count; i++)
        {
            if (!given[i].StartsWith("--", StringComparison.Ordinal))
            {
                positions.Enqueue(given[i]);
                continue;
            }

            var (name, value) = given[i].Split('=', 2) is [var left, var right] ? (left, right) : (given[i], null);
            var option = parameters.FirstOrDefault(p => p.Name == name);
            if (option.Name is null) throw Wrong($"has no option {name}");
            if (option.Value.Length == 0 && value is not null) throw Wrong($"takes no value after {name}");
            if (option.Value.Length > 0) value ??= ++i < given.Count ? given[i] : throw Wrong($"needs a value after {name}");
            values[name] = [.. values.GetValueOrDefault(name) ?? [], value ?? ""];
        }

        foreach (var parameter in parameters.Where(p => p.Name[0] != '-'))
        {
            if (positions.Count > 0) values[parameter.Name] = parameter.IsRepeated ? [.. positions] : [positions.Dequeue()];
            else if (!parameter.IsOptional) throw Wrong($"needs {parameter.Name}");
            if (parameter.IsRepeated) positions.Clear();
        }

        return positions.Count == 0 ? values : throw Wrong($"does not know what to do with {positions.Peek()}");
    }

    private CommandException Wrong(string what) => new($"The command {Name} {what}. Usage: ./run {Name} {Usage}".TrimEnd());

    [GeneratedRegex(@"\[(?<name>--[a-z-]+)( (?<value>[A-Z]+))?\](\.\.\.)?|\[?(?<name>[A-Z]+)\]?(\.\.\.)?")]
    private static partial Regex Parameters();
}

/// <summary>A command cannot do what was asked; the message is all that a person needs.</summary>
internal sealed class CommandException(string message) : Exception(message);
