using ELearning.Data;
using ELearning.Shells;

namespace ELearning.Commands;

internal static class TenantCommands
{
    private const int Page = 100;

    public static readonly Command[] All =
    [
        new("tenants", "[--after NAME]", "Lists tenants by name, a hundred at a time; activates none.", ListAsync),
        new("tenants create", "NAME [--title TITLE] [--host HOST]... [--prefix PREFIX] [--feature FEATURE]...", "Makes a tenant.", CreateAsync),
        new("tenants suspend", "TENANT [--reason REASON]", "Answers its visitors that it is suspended; its data stay.", SuspendAsync),
        new("tenants resume", "TENANT", "Lets a suspended tenant run again.", ResumeAsync),
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
        var made = await context.Get<CreateTenant>().RunAsync(new(name, context.Find("--title") ?? name)
        {
            Hosts = context.All("--host"),
            Prefix = context.Find("--prefix"),
            Features = context.All("--feature"),
        }, ct);
        if (made.Refusal is { } refusal) throw new CommandException(refusal);
        context.Say($"Made {name}.");
    }

    private static Task SuspendAsync(CommandContext context, CancellationToken ct) =>
        ChangeAsync(context, TenantState.Running, tenant => tenant with { State = TenantState.Suspended, Reason = context.Find("--reason") }, ct);

    private static Task ResumeAsync(CommandContext context, CancellationToken ct) =>
        ChangeAsync(context, TenantState.Suspended, tenant => tenant with { State = TenantState.Running, Reason = null }, ct);

    private static async Task ChangeAsync(CommandContext context, TenantState from, Func<Tenant, Tenant> change, CancellationToken ct)
    {
        var tenant = await context.TenantAsync("TENANT", ct);
        if (tenant.IsPlatform) throw new CommandException("The platform's own tenant cannot be suspended.");
        if (tenant.State != from) throw new CommandException($"{tenant.Name} is {tenant.State}.");

        var changed = await context.Get<ShellHost>().ChangeAsync(tenant, change, ct: ct)
            ?? throw new CommandException($"Somebody else changed {tenant.Name} just now; try again.");
        context.Say($"{tenant.Name} is {changed.State}.");
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
