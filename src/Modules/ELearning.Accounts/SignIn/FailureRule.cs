namespace ELearning.Accounts;

/// <summary>How long a guesser waits: not at all for the first failures, then longer with each, and never for ever.</summary>
internal sealed record FailureRule(int Free, TimeSpan First, TimeSpan Longest)
{
    /// <summary>After so long without another try, failures are forgotten.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    public static readonly FailureRule Account = new(5, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15));

    /// <summary>Many people may share one network address.</summary>
    public static readonly FailureRule Network = new(50, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15));

    public TimeSpan WaitAfter(int failures)
    {
        if (failures < Free) return TimeSpan.Zero;
        // Beyond ten doublings everything is the longest.
        var wait = First * Math.Pow(2, Math.Min(failures - Free, 10));
        return wait < Longest ? wait : Longest;
    }

    /// <summary>How many more may fail before a pause.</summary>
    public int Left(int failures) => Math.Max(0, Free - failures);
}
