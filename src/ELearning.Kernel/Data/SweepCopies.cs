using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning.Data;

/// <summary>Removes what was copied before migrations, 14 days later: at each start of a host, and daily.</summary>
internal sealed class SweepCopies(Engine engine, TimeProvider clock, ILogger<SweepCopies> log) : BackgroundService
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    public Task RunAsync(CancellationToken ct) => engine.SweepCopiesAsync(clock.GetUtcNow() - Kept, ct);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), clock);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException)
            {
                // Tomorrow again; a host does not end over it.
                log.LogWarning(e, "Copies that were made before migrations could not be removed");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
