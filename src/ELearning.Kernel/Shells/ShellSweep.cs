using Microsoft.Extensions.Hosting;

namespace ELearning.Shells;

/// <summary>Every minute: keeps the figures of active tenants, and evicts idle shells, more of them when memory is short.</summary>
internal sealed class ShellSweep(ShellHost shells, KernelOptions options, TimeProvider clock) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await shells.WriteFiguresAsync(stoppingToken);
            var memory = GC.GetGCMemoryInfo();
            var scarce = memory.MemoryLoadBytes > memory.HighMemoryLoadThresholdBytes;
            await shells.EvictAsync(options.IdleAfter, scarce ? shells.Active.Count() / 2 : int.MaxValue);
        }
    }
}
