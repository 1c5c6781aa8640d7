using ELearning.Shells;

namespace ELearning.Commands;

internal static class FeatureCommands
{
    public static readonly Command[] All =
    [
        new("features", "[TENANT]", "Lists the features of this host, or which of them a tenant has.", ListAsync),
        new("features enable", "TENANT FEATURE... [--plan]", "Turns features on, with those that they need; --plan only shows which.", EnableAsync),
        new("features disable", "TENANT FEATURE... [--dependents] [--plan]", "Turns features off, their data stay; --dependents also those built on them.", DisableAsync),
    ];

    private static async Task ListAsync(CommandContext context, CancellationToken ct)
    {
        var catalog = context.Get<FeatureCatalog>();
        var on = new HashSet<string>();
        if (context.Has("TENANT"))
        {
            var tenant = await context.TenantAsync("TENANT", ct);
            on = [.. catalog.Closure(tenant.Features, tenant.IsPlatform).Select(f => f.Id)];
        }

        context.Print([.. catalog.All.Select(f => new FeatureLine(
            f.Id, f.Info.Category, !context.Has("TENANT") ? "" : on.Contains(f.Id) ? "on" : "off", f.Info.DependsOn, f.Info.Description))], "No features.");
    }

    private static async Task EnableAsync(CommandContext context, CancellationToken ct)
    {
        var features = context.Get<SwitchFeatures>();
        var tenant = await context.TenantAsync("TENANT", ct);
        var plan = features.PlanEnabling(tenant, context.All("FEATURE"));
        if (plan.Refusal is { } refusal) throw new CommandException(refusal.ToString());

        context.Print(plan.On, "All of them are on already.");
        if (context.Has("--plan")) return;
        if (await features.EnableAsync(tenant.Name, context.All("FEATURE"), ct) is { } refused) throw new CommandException(refused.Reason);
    }

    private static async Task DisableAsync(CommandContext context, CancellationToken ct)
    {
        var features = context.Get<SwitchFeatures>();
        var tenant = await context.TenantAsync("TENANT", ct);
        if (context.Has("--plan"))
        {
            context.Print(features.PlanDisabling(tenant, context.All("FEATURE")));
            return;
        }

        if (await features.DisableAsync(tenant.Name, context.All("FEATURE"), context.Has("--dependents"), ct) is { } refused) throw new CommandException(refused.Reason);
        context.Say($"Turned off: {string.Join(", ", context.All("FEATURE"))}.");
    }

    private sealed record FeatureLine(string Id, string Category, string State, string[] DependsOn, string Description);
}
