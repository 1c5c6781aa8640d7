using System.Text.Json.Nodes;
using ELearning.Shells;
using Microsoft.Extensions.Logging;

namespace ELearning.Recipes;

/// <summary>
/// What a new installation finds: the platform's own site with its desk and an administrator, and the demo's sites or the
/// one that was asked for. Each step is harmless when a crash makes it run again; an installation that is set up is left alone.
/// </summary>
internal sealed class FirstTenants(
    SetUpTenant setUp, RecipeExecutor executor, RecipeReader reader, RecipeFiles recipes, FirstAccounts accounts, Tenants tenants, TenantTable table, ShellHost shells, KernelOptions options, ILogger<FirstTenants> log)
{
    // A recipe makes the site, and a second one its people: nobody wants these in a site of their own.
    private static readonly (NewTenant Tenant, string Recipe)[] Demo =
    [
        (new("Northwind", "Northwind Academy") { Hosts = ["academy.localhost"], Prefix = "academy" }, "academy"),
        (new("Riverside", "Riverside College") { Hosts = ["college.localhost"], Prefix = "college" }, "college"),
        (new("Lumen", "Studio Lumen") { Hosts = ["studio.localhost"], Prefix = "studio" }, "studio"),
    ];

    /// <returns>Why they could not be made, or null.</returns>
    public async Task<string?> MakeAsync(CancellationToken ct)
    {
        // What this process has seen of an installation says whether a demo was begun: the file of its accounts.
        var isNew = table.Slots.All(slot => slot.Tenant.IsPlatform);
        if (options.PlatformRecipe is { } platform && await PlatformAsync(platform, ct) is { } why) return why;
        if (options.Recipe is { } recipe && isNew) return await MakeAsync(Named(recipe), recipe, ct);
        return options.Demo && (isNew || accounts.Read() is { DemoBegun: true, DemoMade: false }) ? await DemoAsync(ct) : null;
    }

    private async Task<string?> PlatformAsync(string recipe, CancellationToken ct)
    {
        if (await tenants.MadeByAsync(Tenant.Default, ct) is not null) return null;

        // Written down before it is used: whoever goes on after a crash finds the same password.
        var kept = accounts.Read() ?? new();
        var administrator = kept.Administrator ?? new("Site administrator", "admin@localhost", "Administrator", FirstAccounts.NewPassword());
        accounts.Write(kept with { Administrator = administrator });
        var given = new Dictionary<string, string> { ["name"] = administrator.Name, ["mail"] = administrator.Mail, ["password"] = administrator.Password };
        if (await RunAsync(Tenant.Default, recipe, given, ct) is { } refusal) return refusal;

        await tenants.MadeByAsync(table.Find(Tenant.Default)!.Tenant, recipe, ct);
        return null;
    }

    private async Task<string?> DemoAsync(CancellationToken ct)
    {
        var kept = accounts.Read() ?? new();
        if (!kept.DemoBegun) accounts.Write(kept = kept with { DemoBegun = true });
        foreach (var (tenant, recipe) in Demo)
        {
            if (table.Find(tenant.Name) is null && await MakeAsync(tenant, recipe, ct) is { } refusal) return refusal;

            var people = $"{recipe}-people";
            var password = kept.Demo.FirstOrDefault(account => account.Site == tenant.Name)?.Password ?? FirstAccounts.NewPassword();
            var given = new Dictionary<string, string> { ["password"] = password };
            if (kept.Demo.All(account => account.Site != tenant.Name)) accounts.Write(kept = kept with { Demo = [.. kept.Demo, .. AccountsIn(people, tenant.Name, given)] });
            if (await RunAsync(tenant.Name, people, given, ct) is { } why) return why;
        }
        accounts.Write(kept with { DemoMade = true });
        await shells.WriteFiguresAsync(ct);
        return null;
    }

    private async Task<string?> MakeAsync(NewTenant tenant, string recipe, CancellationToken ct)
    {
        if ((await setUp.RunAsync(tenant, recipe, "start", ct)).Refusal is { } why) return why;
        log.LogInformation("Made {Tenant} by the recipe {Recipe}", tenant.Name, recipe);
        return null;
    }

    private async Task<string?> RunAsync(string tenant, string recipe, Dictionary<string, string> parameters, CancellationToken ct)
    {
        if (recipes.Find(recipe) is not { } source) return $"There is no recipe {recipe}. There are: {string.Join(", ", recipes.Names)}.";
        return await executor.RunAsync(tenant, source, parameters, "start", ct) switch
        {
            RecipeMistaken mistaken => string.Join(Environment.NewLine, mistaken.Mistakes),
            RecipeRun { State: not RunState.Done } failed => failed.Error,
            _ => null,
        };
    }

    /// <summary>Of the people in a recipe, those that can sign in.</summary>
    private IEnumerable<FirstAccount> AccountsIn(string recipe, string site, Dictionary<string, string> given) =>
        from step in recipes.Find(recipe) is { } source ? reader.Read(source, given).Steps : []
        where step.Name == "people"
        from person in JsonNode.Parse(step.Json)!["People"]!.AsArray()
        where person!["Password"] is not null
        select new FirstAccount((string)person["Name"]!, (string)person["Mail"]!, (string?)person["Roles"]?[0] ?? "", (string)person["Password"]!) { Site = site };

    private static NewTenant Named(string recipe) =>
        new(recipe, recipe[..1].ToUpperInvariant() + recipe[1..]) { Hosts = [$"{recipe}.localhost"], Prefix = $"{recipe}-site" };
}
