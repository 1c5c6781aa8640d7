using ELearning.Keeping;
using ELearning.Shells;
using Microsoft.Extensions.Logging;

namespace ELearning.Commands;

/// <summary>Every command that there is.</summary>
internal static class CommandList
{
    public static readonly Command[] All =
    [
        .. TenantCommands.All,
        .. FeatureCommands.All,
        .. RecipeCommands.All,
        .. KeepingCommands.All,
        .. FactCommands.All,
        .. OperationCommands.All,
    ];

    public static string Help => RunOptions.Help + Table(All);

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IServiceProvider host, CommandRequest request, TextWriter output, TextWriter error, ILogger log, CancellationToken ct)
    {
        try
        {
            var (command, arguments) = Find(request.Words);
            var context = new CommandContext(host, command.Read(arguments), request.Directory, request.IsJson, output);
            await command.RunAsync(context, ct);
            return 0;
        }
        catch (Exception refused) when (refused is CommandException or RecipeException or KeepingException or TenantUnavailableException)
        {
            error.WriteLine(refused.Message);
            return 1;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception failed)
        {
            log.LogError(failed, "The command {Command} failed", request.Words[0]);
            error.WriteLine(failed.Message);
            return 1;
        }
    }

    /// <summary>Two words are looked for before one, so "keys rotate" is not "keys" with an argument.</summary>
    public static (Command Command, IReadOnlyList<string> Arguments) Find(IReadOnlyList<string> words)
    {
        foreach (var length in (int[])[2, 1])
            if (All.FirstOrDefault(c => c.Name == string.Join(' ', words.Take(length))) is { } command)
                return (command, [.. words.Skip(command.Name.Count(c => c == ' ') + 1)]);

        var near = All.Where(c => c.Name.StartsWith(words[0] + " ", StringComparison.Ordinal)).ToArray();
        throw new CommandException(near.Length > 0
            ? $"There are several commands {words[0]}:\n{Table(near).TrimEnd()}"
            : $"There is no command {words[0]}; ./run --help lists them.");
    }

    public static string HelpOn(IReadOnlyList<string> words)
    {
        var first = All.Where(c => c.Name.Split(' ')[0] == words[0]).ToArray();
        return Table(first.Length > 0 ? first : All);
    }

    private static string Table(IEnumerable<Command> commands) =>
        string.Concat(commands.Select(c => $"  {$"{c.Name} {c.Usage}".TrimEnd()}\n      {c.Help}\n"));
}
