using System.Text.Json;
using System.Text.Json.Nodes;
using ELearning.Recipes;
using ELearning.Settings;

namespace ELearning.Commands;

internal static class RecipeCommands
{
    private const string By = "command line";

    public static readonly Command[] All =
    [
        new("recipes", "", "Lists the recipes of this host.", ListAsync),
        new("recipes plan", "TENANT RECIPE [--set NAME]...", "Shows what a recipe would change, or its mistakes. --set name=value sets a parameter.", PlanAsync),
        new("recipes run", "TENANT RECIPE [--set NAME]...", "Runs a recipe on a tenant.", RunAsync),
        new("recipes resume", "ID", "Goes on after the last finished step of a run.", ResumeAsync),
        new("recipes write", "TENANT", "Writes a tenant down as a recipe, without secrets.", WriteAsync),
        new("settings", "TENANT", "Lists a tenant's settings, with default, who changed them and when.", SettingsAsync),
        new("settings set", "TENANT RECORD PROPERTY VALUE", "Changes one setting; VALUE is JSON, or text.", SetAsync),
    ];

    private static Task ListAsync(CommandContext context, CancellationToken ct)
    {
        context.Print(context.Get<RecipeFiles>().List(), "There are no recipes.");
        return Task.CompletedTask;
    }

    private static async Task PlanAsync(CommandContext context, CancellationToken ct) => Tell(context,
        await context.Get<RecipeExecutor>().PlanAsync((await context.TenantAsync("TENANT", ct)).Name, Source(context), Parameters(context), By, ct));

    private static async Task RunAsync(CommandContext context, CancellationToken ct) => Tell(context,
        await context.Get<RecipeExecutor>().RunAsync((await context.TenantAsync("TENANT", ct)).Name, Source(context), Parameters(context), By, ct));

    private static async Task ResumeAsync(CommandContext context, CancellationToken ct) =>
        Tell(context, await context.Get<RecipeExecutor>().ResumeAsync(context.Id("ID"), ct));

    private static async Task WriteAsync(CommandContext context, CancellationToken ct) =>
        context.Write(await context.Get<RecipeWriter>().WriteAsync((await context.TenantAsync("TENANT", ct)).Name, ct));

    private static async Task SettingsAsync(CommandContext context, CancellationToken ct) => context.Print(
        (await context.Get<TenantSettings>().ListAsync((await context.TenantAsync("TENANT", ct)).Name, ct)).Values, "There are no settings.");

    private static async Task SetAsync(CommandContext context, CancellationToken ct)
    {
        var tenant = await context.TenantAsync("TENANT", ct);
        var values = new JsonObject { [context["PROPERTY"]] = Value(context["VALUE"]) };
        switch (await context.Get<TenantSettings>().ChangeAsync(tenant.Name, tenant.Version, context["RECORD"], values, By, ct))
        {
            case SettingsRefused refused: throw new CommandException(refused.ToString());
            case SettingsStale: throw new CommandException($"Somebody else changed {tenant.Name} just now; try again.");
            default: context.Say("Saved."); break;
        }
    }

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static RecipeSource Source(CommandContext context)
    {
        var files = context.Get<RecipeFiles>();
        return files.Find(context["RECIPE"])
            ?? throw new CommandException($"There is no recipe {context["RECIPE"]}. There are: {string.Join(", ", files.Names)}.");
    }

    private static Dictionary<string, string> Parameters(CommandContext context) => context.All("--set")
        .Select(pair => pair.Split('=', 2) is [var name, var value] ? (name, value) : throw new CommandException($"--set {pair} lacks its value: write name=value."))
        .ToDictionary(pair => pair.name, pair => pair.value);

    private static void Tell(CommandContext context, RecipeOutcome outcome)
    {
        switch (outcome)
        {
            case RecipeMistaken mistaken:
                context.Print([.. mistaken.Mistakes.Select(m => new MistakeLine(m.Recipe, m.At.Line, m.At.Column, m.Text))], "");
                throw new CommandException("Nothing was done.");
            case RecipePlan plan:
                context.Print([.. plan.Steps.SelectMany(s => Lines(s.Recipe, s.Line, s.Name, s.Changes, s.Note))], "Nothing would change.");
                break;
            case RecipeRun run:
                context.Print([.. run.Steps.SelectMany(s => Lines(s.Recipe, s.Line, s.Name, s.Changes, null))], "Nothing has changed.");
                if (run.State == RunState.Failed) throw new CommandException($"{run.Error} When it is put right: ./run recipes resume {run.Id}");
                break;
        }
    }

    private static IEnumerable<ChangeLine> Lines(string recipe, int line, string step, IReadOnlyList<PlannedChange> changes, string? note) =>
        changes.Count > 0
            ? changes.Select(c => new ChangeLine(recipe, line, step, c.What, c.From, c.To, note))
            : [new(recipe, line, step, "", null, null, note ?? "no change")];

    private sealed record MistakeLine(string Recipe, int Line, int Column, string Text);

    private sealed record ChangeLine(string Recipe, int Line, string Step, string What, string? From, string? To, string? Note);
}
