using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning.Security;

/// <summary>Reads hourly which keys other hosts have added: a new one comes into use two days after it was made.</summary>
internal sealed class ReloadKeyRing(PlatformKeyRing ring, TimeProvider clock, ILogger<ReloadKeyRing> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ring.LoadAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(error, "The key ring could not be read again; the next try is in an hour");
            }
        }
    }
}
