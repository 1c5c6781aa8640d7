namespace ELearning.Security;

/// <summary>Sessions that have ended are not read any more; this only keeps their table small.</summary>
internal sealed class SweepSessions(Sessions sessions) : IJob
{
    public Task RunAsync(JobRun run, CancellationToken ct) => sessions.SweepAsync(ct);
}
