namespace ELearning;

/// <summary>
/// A fact handler that also makes up for what happened before its feature was enabled. Facts are not replayed: it reads
/// the present state and runs as a job, so a second run must do no harm.
/// </summary>
public interface IBackfill
{
    Task BackfillAsync(CancellationToken ct);
}
