using ELearning.Data;
using ELearning.Recipes;
using ELearning.Shells;

namespace ELearning.Commands;

internal static class TenantCommands
{
    private const int Page = 100;

    public static readonly Command[] All =
    [
        new("tenants", "[--after NAME]", "Lists tenants by name, a hundred at a time; activates none.", ListAsync),
        new("tenants list", "[--after NAME]", "Lists tenants by name, a hundred at a time; activates none.", ListAsync),
        new("tenants create", "NAME [--title TITLE] [--host HOST]... [--prefix PREFIX] [--feature FEATURE]... [--recipe RECIPE]", "Makes a tenant.", CreateAsync),
        new("tenants suspend", "TENANT [--reason REASON]", "Answers its visitors that it is suspended; its data stay.", SuspendAsync),
        new("tenants resume", "TENANT", "Lets a suspended tenant run again.", ResumeAsync),
        new("tenants rename", "TENANT TITLE [--host HOST]... [--prefix PREFIX]", "Gives it another name for people; with --host or --prefix another address too.", RenameAsync),
        new("tenants retry", "TENANT", "Starts one that could not start.", RetryAsync),
        new("tenants delete", "TENANT NAME", "Closes it, its name typed twice, and exports it; it is gone in 30 days.", DeleteAsync),
        new("tenants restore", "TENANT", "Takes a deletion back within the 30 days.", RestoreAsync),
        new("tenants demo", "", "The accounts of the demo, with their passwords.", DemoAsync),
        new("migrate", "[TENANT]", "Brings the tables of one tenant or of all up to date.", MigrateAsync),
    ];

    private static async Task ListAsync(CommandContext context, CancellationToken ct)
    {
        var tenants = await context.Get<Tenants>().PageAsync(context.Find("--after"), Page, ct);
        context.Print([.. tenants.Select(t => new TenantLine(t.Name, t.Title, t.State, t.Hosts, t.Prefix, t.Features, t.Reason))], "There are no tenants.");
        if (tenants.Count == Page) context.Say($"More: ./run tenants --after {tenants[^1].Name}");
    }

    private static async Task CreateAsync(CommandContext context, CancellationToken ct)
    {
        var name = context["NAME"];
        var wish = new NewTenant(name, context.Find("--title") ?? name)
        {
            Hosts = context.All("--host"),
            Prefix = context.Find("--prefix"),
            Features = context.All("--feature"),
        };
        var made = context.Find("--recipe") is { } recipe
            ? await context.Get<SetUpTenant>().RunAsync(wish, recipe, Actor.Platform.Name, ct)
            : await context.Get<CreateTenant>().RunAsync(wish, ct);
        if (made.Refusal is { } refusal) throw new CommandException(refusal);
        context.Say($"Made {name}.");
    }

    private static Task SuspendAsync(CommandContext context, CancellationToken ct) =>
        DoAsync(context, "is suspended", (change, name) => change.SuspendAsync(name, context.Find("--reason"), Actor.Platform, ct), ct);

    private static Task ResumeAsync(CommandContext context, CancellationToken ct) =>
        DoAsync(context, "runs", (change, name) => change.ResumeAsync(name, Actor.Platform, ct), ct);

    private static Task RetryAsync(CommandContext context, CancellationToken ct) =>
        DoAsync(context, "runs", (change, name) => change.TryAgainAsync(name, Actor.Platform, ct), ct);

    private static async Task RenameAsync(CommandContext context, CancellationToken ct)
    {
        var tenant = await context.TenantAsync("TENANT", ct);
        var moves = context.Has("--host") || context.Has("--prefix");
        await DoAsync(context, $"is called {context["TITLE"]}", (change, name) => change.RenameAsync(name, context["TITLE"],
            moves ? context.All("--host") : tenant.Hosts, moves ? context.Find("--prefix") : tenant.Prefix, Actor.Platform, ct), ct);
    }

    private static async Task DeleteAsync(CommandContext context, CancellationToken ct)
    {
        var tenant = await context.TenantAsync("TENANT", ct);
        var delete = context.Get<DeleteTenant>();
        if (await delete.RunAsync(tenant.Name, context["NAME"], Actor.Platform, ct) is { } refusal) throw new CommandException(refusal.ToString());
        await delete.SweepAsync(ct);
        context.Say($"{tenant.Name} is closed, and gone in 30 days. Its export: {(await delete.FindAsync(tenant.Name, ct))?.Export}");
    }

    private static Task DemoAsync(CommandContext context, CancellationToken ct)
    {
        context.Print([.. context.Get<FirstAccounts>().Read()?.Demo ?? []], "There is no demo here.");
        return Task.CompletedTask;
    }

    private static async Task RestoreAsync(CommandContext context, CancellationToken ct)
    {
        var tenant = await context.TenantAsync("TENANT", ct);
        if (await context.Get<DeleteTenant>().UndoAsync(tenant.Name, Actor.Platform, ct) is { } refusal) throw new CommandException(refusal.ToString());
        context.Say($"{tenant.Name} runs.");
    }

    private static async Task DoAsync(CommandContext context, string done, Func<ChangeTenant, string, Task<Refusal?>> act, CancellationToken ct)
    {
        var tenant = await context.TenantAsync("TENANT", ct);
        if (await act(context.Get<ChangeTenant>(), tenant.Name) is { } refusal) throw new CommandException(refusal.ToString());
        context.Say($"{tenant.Name} {done}.");
    }

    private static async Task MigrateAsync(CommandContext context, CancellationToken ct)
    {
        var failed = 0;
        if (context.Has("TENANT")) failed += await MigrateAsync(context, await context.TenantAsync("TENANT", ct), ct);
        else
        {
            for (List<Tenant> page = []; ;)
            {
                page = await context.Get<Tenants>().PageAsync(page.LastOrDefault()?.Name, Page, ct);
                foreach (var tenant in page) failed += await MigrateAsync(context, tenant, ct);
                if (page.Count < Page) break;
            }
        }

        if (failed > 0) throw new CommandException($"{failed} could not be brought up to date; the others were.");
    }

    // One that fails stays as it was and holds up none of the others.
    private static async Task<int> MigrateAsync(CommandContext context, Tenant tenant, CancellationToken ct)
    {
        if (tenant.State is not (TenantState.Running or TenantState.Suspended or TenantState.Failed)) return 0;

        var catalog = context.Get<FeatureCatalog>();
        try
        {
            var on = catalog.Closure(tenant.Features, tenant.IsPlatform).Select(f => f.Id).ToHashSet();
            var done = await context.Get<Migrator>().MigrateAsync(tenant.Key, catalog.Schemas, on, ct);
            if (tenant.State == TenantState.Failed)
                await context.Get<ShellHost>().ChangeAsync(tenant, failed => failed with { State = TenantState.Running, Reason = null }, ct: ct);
            context.Say($"{tenant.Name}: {(done.Statements == 0 ? "up to date" : $"{done.Statements} statements")}");
            return 0;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            context.Say($"{tenant.Name}: {error.Message}");
            return 1;
        }
    }

    private sealed record TenantLine(
        string Name, string Title, TenantState State, string[] Hosts, string? Prefix, string[] Features, string? Reason);
}
