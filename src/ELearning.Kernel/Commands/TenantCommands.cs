using ELearning.Shells;

namespace ELearning.Commands;

internal static class TenantCommands
{
    public static readonly Command[] All =
    [
        new("tenants", "[--after NAME]", "Lists tenants by name, a hundred at a time; activates none.", ListAsync),
    ];

    private static async Task ListAsync(CommandContext context, CancellationToken ct)
    {
        const int page = 100;
        var tenants = await context.Get<Tenants>().PageAsync(context.Find("--after"), page, ct);
        context.Print([.. tenants.Select(t => new TenantLine(t.Name, t.Title, t.State, t.Hosts, t.Prefix, t.Features, t.Reason))], "There are no tenants.");
        if (tenants.Count == page) context.Say($"More: ./run tenants --after {tenants[^1].Name}");
    }

    private sealed record TenantLine(
        string Name, string Title, TenantState State, string[] Hosts, string? Prefix, string[] Features, string? Reason);
}
