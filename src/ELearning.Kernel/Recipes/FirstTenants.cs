using ELearning.Shells;
using Microsoft.Extensions.Logging;

namespace ELearning.Recipes;

/// <summary>What a new host finds to look at: the demo's sites, or the one that was asked for. An installation that has tenants is left alone.</summary>
internal sealed class FirstTenants(SetUpTenant setUp, TenantTable table, KernelOptions options, ILogger<FirstTenants> log)
{
    private static readonly (NewTenant Tenant, string Recipe)[] Demo =
    [
        (new("Hello", "Hello") { Hosts = ["hello.localhost"], Prefix = "guestbook" }, "hello"),
        (new("Blank", "Blank") { Hosts = ["blank.localhost"], Prefix = "blank" }, "blank"),
    ];

    /// <returns>Why they could not be made, or null.</returns>
    public async Task<string?> MakeAsync(CancellationToken ct)
    {
        if (table.Slots.Any(slot => !slot.Tenant.IsPlatform)) return null;

        var wanted = options.Recipe is { } recipe ? [(Named(recipe), recipe)] : options.Demo ? Demo : [];
        foreach (var (tenant, with) in wanted)
        {
            if ((await setUp.RunAsync(tenant, with, "start", ct)).Refusal is { } why) return why;
            log.LogInformation("Made {Tenant} by the recipe {Recipe}", tenant.Name, with);
        }
        return null;
    }

    private static NewTenant Named(string recipe) =>
        new(recipe, recipe[..1].ToUpperInvariant() + recipe[1..]) { Hosts = [$"{recipe}.localhost"], Prefix = $"{recipe}-site" };
}
