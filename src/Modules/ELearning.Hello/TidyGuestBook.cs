using Microsoft.Extensions.Logging;

namespace ELearning.Hello;

/// <summary>Once a night. A second run finds nothing left to do, so it does no harm when a host dies in the middle.</summary>
internal sealed class TidyGuestBook(GuestBook book, HelloSettings settings, TimeProvider clock, ILogger<TidyGuestBook> log) : IJob
{
    public const string Name = "tidy-guest-book";

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        if (settings.DaysKept == 0) return;
        var removed = await book.RemoveBeforeAsync(clock.GetUtcNow().AddDays(-settings.DaysKept), ct);
        log.LogInformation("Removed {Greetings} greetings older than {Days} days", removed, settings.DaysKept);
    }
}
