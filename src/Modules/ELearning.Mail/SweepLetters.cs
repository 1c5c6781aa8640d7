using Microsoft.Extensions.Logging;

namespace ELearning.Mail;

/// <summary>Once a day. Letters are no archive: what they said of people goes with them.</summary>
internal sealed class SweepLetters(LetterStore store, MailSettings settings, TimeProvider clock, ILogger<SweepLetters> log) : IJob
{
    public const string Name = "sweep-letters";

    private const int Batch = 1000;

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        int removed = 0, last;
        do
        {
            last = await store.RemoveBeforeAsync(clock.GetUtcNow().AddDays(-settings.DaysKept), Batch, ct);
            removed += last;
        }
        while (last == Batch);
        log.LogInformation("Removed {Letters} letters older than {Days} days", removed, settings.DaysKept);
    }
}
