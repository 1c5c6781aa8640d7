using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>Does what is due in one tenant. Every transaction has a scope of its own.</summary>
internal static class Drain
{
    public static async Task DeliverAsync(Func<ShellScope> open, CancellationToken ct)
    {
        var oneByOne = 0;
        while (true)
        {
            await using var scope = open();
            scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Job("facts"));
            var (more, undone) = await scope.Services.GetRequiredService<Delivery>().DeliverAsync(oneByOne > 0 ? 1 : Delivery.Batch, ct);
            if (!more) return;
            oneByOne = undone > 0 ? undone : Math.Max(0, oneByOne - 1);
        }
    }

    public static async Task<Leased?> TakeJobAsync(Func<ShellScope> open, CancellationToken ct)
    {
        await using var scope = open();
        var job = await scope.Services.GetRequiredService<JobQueue>().TakeAsync(ct);
        if (job is not null) Faults.At("job.leased");
        return job;
    }

    public static async Task FollowFeaturesAsync(Func<ShellScope> open, CancellationToken ct)
    {
        await using var scope = open();
        scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Platform);
        await scope.Services.GetRequiredService<HeldFacts>().FollowFeaturesAsync(ct);
    }

    public static async Task ClearAsync(Func<ShellScope> open, CancellationToken ct)
    {
        await using var scope = open();
        scope.Services.GetRequiredService<CurrentActor>().Set(Actor.Platform);
        await scope.Services.GetRequiredService<HeldFacts>().DropExpiredAsync(ct);
        await scope.Services.GetRequiredService<OutboxState>().ClearAsync(ct);
    }
}
