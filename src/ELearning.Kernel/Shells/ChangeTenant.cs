using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ELearning.Shells;

/// <summary>What a site admin does with a tenant that is there. Each act is in the audit trail of the platform's own site.</summary>
internal sealed class ChangeTenant(Tenants tenants, TenantRules rules, ShellHost shells, ILogger<ChangeTenant> log)
{
    /// <summary>Its visitors read that it is suspended, and why; its jobs wait; its data stay.</summary>
    public Task<Refusal?> SuspendAsync(string name, string? reason, Actor by, CancellationToken ct) => RunAsync(name, by, new("tenant-suspended", new { reason })
    {
        Check = tenant => OnlyFrom(tenant, TenantState.Running),
        Change = tenant => tenant with { State = TenantState.Suspended, Reason = reason },
    }, ct);

    public Task<Refusal?> ResumeAsync(string name, Actor by, CancellationToken ct) => RunAsync(name, by, new("tenant-resumed", new { })
    {
        Check = tenant => OnlyFrom(tenant, TenantState.Suspended),
        Change = tenant => tenant with { State = TenantState.Running, Reason = null },
    }, ct);

    /// <summary>Another name for people, another address. Links to the old one lead nowhere from then on.</summary>
    public async Task<Refusal?> RenameAsync(string name, string title, string[] hosts, string? prefix, Actor by, CancellationToken ct)
    {
        if (TenantRules.Title(title) is { } odd) return odd;
        if (await rules.AddressAsync(hosts, prefix, name, ct) is { } taken) return taken;
        return await RunAsync(name, by, new("tenant-renamed", new { title, hosts, prefix })
        {
            Check = tenant => tenant.IsPlatform && (hosts.Length > 0 || prefix is not null) ? new("The platform's own site answers at the platform's addresses.") : null,
            Change = tenant => tenant with { Title = title.Trim(), Hosts = hosts, Prefix = prefix },
        }, ct);
    }

    /// <summary>Starts one that could not: what stood in the way has been put right, or is only hoped to be.</summary>
    public async Task<Refusal?> TryAgainAsync(string name, Actor by, CancellationToken ct)
    {
        if (await tenants.FindAsync(name, ct) is not { } tenant) return new("There is no tenant {0}.", name);
        if (tenant.State == TenantState.Failed)
            return await RunAsync(name, by, new("tenant-retried", new { }) { Change = failed => failed with { State = TenantState.Running, Reason = null } }, ct);

        try
        {
            await shells.TryAgainAsync(name, ct);
            return null;
        }
        catch (TenantUnavailableException still)
        {
            return still.Failure is { } failure ? new("It did not start: {0} Reference {1}.", failure.Reason, failure.Reference) : IsAlready(tenant);
        }
    }

    /// <summary>The act as a whole: looked at again when somebody else was faster, and nothing has changed when it is refused.</summary>
    public async Task<Refusal?> RunAsync(string name, Actor by, TenantAct act, CancellationToken ct)
    {
        while (true)
        {
            if (await tenants.FindAsync(name, ct) is not { } tenant) return new("There is no tenant {0}.", name);
            if (act.Check(tenant) is { } refusal) return refusal;

            try
            {
                if (await shells.ChangeAsync(tenant, act.Change, act.Alongside, ct) is null) continue;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.LogError(error, "{Act} of {Tenant} failed", act.Name, name);
                return new("{0} could not start, and all is as it was: {1}", tenant.Name, error.Message);
            }

            await WriteAuditAsync(tenant, by, act, ct);
            log.LogInformation("{Act}: {Tenant}", act.Name, tenant.Name);
            return null;
        }
    }

    public static Refusal? OnlyFrom(Tenant tenant, params TenantState[] states) =>
        tenant.IsPlatform ? new("The platform's own site stays as it is: all others are kept from there.")
        : states.Contains(tenant.State) ? null : IsAlready(tenant);

    private static Refusal IsAlready(Tenant tenant) => new("{0} is {1}.", tenant.Name, tenant.State);

    private async Task WriteAuditAsync(Tenant tenant, Actor by, TenantAct act, CancellationToken ct)
    {
        await using var lease = await shells.LeaseAsync(Tenant.Default, ct);
        await using var scope = lease.OpenScope();
        scope.Services.GetRequiredService<CurrentActor>().Set(by);
        await scope.Services.GetRequiredService<Audit>().WriteAsync(act.Name, new("tenant", tenant.Id), new { tenant = tenant.Name, act.Values }, ct);
    }
}

/// <param name="Name">As the audit trail has it, past tense.</param>
/// <param name="Values">What an auditor wants to know.</param>
internal sealed record TenantAct(string Name, object Values)
{
    public Func<Tenant, Refusal?> Check { get; init; } = _ => null;

    public required Func<Tenant, Tenant> Change { get; init; }

    /// <summary>What else belongs to it, in the same transaction.</summary>
    public Func<Db, Task>? Alongside { get; init; }
}
