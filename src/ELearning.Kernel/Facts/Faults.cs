using System.Diagnostics;

namespace ELearning;

/// <summary>
/// The steps between which a crash must lose nothing: the crash tests start a process that kills itself at one of them.
/// Without the variable every check is compiled away.
/// </summary>
internal static class Faults
{
    public static readonly string[] Points =
    [
        "publish.appended", "publish.numbered", "publish.written", "publish.committed",
        "mark.platform", "mark.dirty",
        "deliver.claimed", "deliver.handled", "deliver.acknowledged", "deliver.committed",
        "clear.read", "clear.checked", "clear.committed", "clear.deleted",
        "job.leased", "job.ran", "job.ended", "job.committed",
    ];

    private static readonly bool Possible = Environment.GetEnvironmentVariable("ELEARNING_FAULTS") is not null;

    /// <summary>Where this process is to die. Set by the test only once the process has made up for its predecessor.</summary>
    public static string? Next { get; set; }

    public static void At(string point)
    {
        if (!Possible || point != Next) return;
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite); // the signal may take a moment, and nothing may happen after this point
    }
}
