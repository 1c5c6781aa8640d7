namespace ELearning;

/// <summary>Work in the background, in the container of one tenant. May run again after a crash: write it so that a second run does no harm.</summary>
public interface IJob
{
    Task RunAsync(JobRun run, CancellationToken ct);
}
