using System.Diagnostics;

namespace ELearning;

/// <summary>
/// The steps between which a crash must lose nothing. The crash tests start a process that kills itself at one of them;
/// otherwise the variable is not there and the check is compiled away.
/// </summary>
internal static class Faults
{
    private static readonly string? Point = Environment.GetEnvironmentVariable("ELEARNING_FAULT");

    public static readonly string[] Points =
    [
        "publish.numbered", "publish.written", "publish.committed",
        "mark.platform", "mark.dirty",
        "deliver.claimed", "deliver.handled", "deliver.acknowledged", "deliver.committed",
        "clear.read", "clear.checked", "clear.committed", "clear.deleted",
        "job.leased", "job.ran", "job.ended",
    ];

    public static void At(string point)
    {
        if (Point is not null && Point == point) Process.GetCurrentProcess().Kill();
    }
}
