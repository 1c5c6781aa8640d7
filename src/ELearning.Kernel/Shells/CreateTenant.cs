using ELearning.Data;
using Microsoft.Extensions.Logging;

namespace ELearning.Shells;

/// <summary>Makes a tenant: its row, its database with all tables, and whatever the recipe says. Nothing is left of one that fails.</summary>
internal sealed class CreateTenant(Tenants tenants, TenantRules rules, FeatureProfiles profiles, FeatureCatalog catalog, Engine engine, Migrator migrator, ShellHost shells, TimeProvider clock, ILogger<CreateTenant> log)
{
    public async Task<CreatedTenant> RunAsync(NewTenant wish, CancellationToken ct)
    {
        if (await RefusalAsync(wish, ct) is { } refusal) return new(null, refusal.ToString());

        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var tenant = await tenants.AddAsync(new(id, wish.Name, Tenant.NewKey(wish.Name, id), wish.Title, TenantState.Initializing, null,
            wish.Hosts, wish.Prefix, wish.Features, wish.Theme, wish.Zone, wish.Culture, 0, 0), ct);
        if (tenant is null) return new(null, $"There is a tenant {wish.Name} already. Choose another name.");

        try
        {
            await engine.CreateAsync(tenant.Key, ct);
            var on = catalog.Closure(tenant.Features, tenant.IsPlatform).Select(f => f.Id).ToHashSet();
            await migrator.MigrateAsync(tenant.Key, catalog.Schemas, on, ct);
            if (wish.Profile is not null) await profiles.ChooseAsync(tenant.Id, wish.Profile, ct);
            await shells.RefreshAsync(ct);
            var running = await shells.ChangeAsync(tenant, read => read with { State = TenantState.Running }, ct: ct);
            log.LogInformation("Tenant {Tenant} created", tenant.Name);
            return new(running, null);
        }
        catch (Exception error)
        {
            log.LogError(error, "Tenant {Tenant} could not be created", tenant.Name);
            await UndoAsync(tenant);
            if (error is OperationCanceledException) throw;
            return new(null, $"{wish.Name} could not be made, and nothing of it is left: {error.Message}");
        }
    }

    /// <summary>Takes away all of a tenant that was not made to the end. Not to be cancelled: half of it would stay.</summary>
    public async Task UndoAsync(Tenant tenant)
    {
        await tenants.RemoveAsync(tenant, CancellationToken.None);
        await shells.RefreshAsync(CancellationToken.None);
        await engine.DropAsync(tenant.Key, CancellationToken.None);
    }

    /// <summary>At a host's start: what another one had begun to make when it died. Making takes seconds, so ten minutes are no mistake.</summary>
    public async Task SweepAbandonedAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddMinutes(-10);
        foreach (var tenant in shells.Table.Slots.Select(slot => slot.Tenant).Where(t => t.State == TenantState.Initializing && t.MadeAt < before).ToList())
        {
            ct.ThrowIfCancellationRequested();
            await UndoAsync(tenant);
            log.LogWarning("Tenant {Tenant} had been begun at {MadeAt} and never finished: taken away", tenant.Name, tenant.MadeAt);
        }
    }

    private async Task<Refusal?> RefusalAsync(NewTenant wish, CancellationToken ct)
    {
        if (await rules.NameAsync(wish.Name, ct) is { } odd) return odd;
        if (await rules.AddressAsync(wish.Hosts, wish.Prefix, null, ct) is { } taken) return taken;
        return wish.Features.FirstOrDefault(id => catalog.Find(id) is null) is { } unknown ? new("There is no feature {0} on this host.", unknown) : null;
    }
}

/// <summary>What somebody wants to have made.</summary>
internal sealed record NewTenant(string Name, string Title)
{
    public string[] Hosts { get; init; } = [];

    public string? Prefix { get; init; }

    public string[] Features { get; init; } = [];

    public string Theme { get; init; } = "Base";

    public string Zone { get; init; } = "UTC";

    public string Culture { get; init; } = "en";

    /// <summary>What its own administrators may switch.</summary>
    public Guid? Profile { get; init; }
}

/// <summary>The tenant, or why there is none.</summary>
internal sealed record CreatedTenant(Tenant? Tenant, string? Refusal);
