using System.Collections.Concurrent;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning.Security;

/// <summary>Which tenants have acts that wait for their seal, as far as this host wrote them.</summary>
internal sealed class UnsealedActs(TimeProvider clock)
{
    // An act is written before its transaction ends, so its tenant is looked at for a while longer.
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _tenants = new();

    public void Wrote(string tenant) => _tenants[tenant] = clock.GetUtcNow();

    public IReadOnlyList<string> Take()
    {
        var waiting = _tenants.ToArray();
        foreach (var tenant in waiting)
            if (clock.GetUtcNow() - tenant.Value > LongestTransaction) _tenants.TryRemove(tenant);
        return [.. waiting.Select(tenant => tenant.Key)];
    }
}

/// <summary>
/// Seals within seconds what this host has written, without a job row for every act. What a crash leaves behind is
/// sealed with the next act of that tenant, or by the daily job.
/// </summary>
internal sealed class Sealer(UnsealedActs unsealed, ShellHost shells, ILogger<Sealer> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(2));
        while (await timer.WaitForNextTickAsync(stoppingToken))
            foreach (var tenant in unsealed.Take()) await SealAsync(tenant, stoppingToken);
    }

    private async Task SealAsync(string tenant, CancellationToken ct)
    {
        try
        {
            await using var lease = await shells.LeaseAsync(tenant, ct);
            await using var scope = lease.OpenScope();
            await scope.Services.GetRequiredService<AuditChain>().SealAsync(ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // A tenant suspended or failing just now: its acts wait, and the others are sealed.
            log.LogWarning(error, "The acts of {Tenant} could not be sealed", tenant);
        }
    }
}
