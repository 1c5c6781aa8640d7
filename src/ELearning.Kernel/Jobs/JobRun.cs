namespace ELearning;

/// <summary>One run of a job: its argument, and where it tells how far it is.</summary>
public sealed class JobRun(Guid id, string argument, int attempt, Func<int, string, CancellationToken, Task> progress)
{
    public Guid Id => id;

    /// <summary>As it was enqueued: a text of the enqueuer's choice, often JSON. Empty for a scheduled run.</summary>
    public string Argument => argument;

    /// <summary>1 for the first.</summary>
    public int Attempt => attempt;

    /// <summary>What the page that waits is told at the end: an address, or JSON. Kept when the job succeeds.</summary>
    public string? Result { get; set; }

    /// <summary>Outside transactions only. Throws when the job was cancelled, so that it stops here.</summary>
    public Task ProgressAsync(int percent, string text, CancellationToken ct) => progress(percent, text, ct);
}
