using System.Diagnostics;
using Xunit;

namespace ELearning.Tests;

public sealed class CrashTests
{
    [Fact]
    public async Task Whatever_the_step_a_host_is_killed_at_the_next_one_loses_nothing_and_does_nothing_twice()
    {
        await using var empty = EmptyEngine.Make();
        await Task.WhenAll(KillAtEveryPointAsync(Path.Combine(empty.Folder, "sqlite"), ""), KillAtEveryPointAsync(Path.Combine(empty.Folder, "postgres"), empty.Connection));
    }

    private static async Task KillAtEveryPointAsync(string folder, string postgres)
    {
        var minutes = 0;
        foreach (var point in Faults.Points.Append(""))
        {
            var (code, said) = await RunHostAsync(folder, postgres, minutes += 2, point);
            // 128 + 9: killed, as it should be. Each also found in order what the one before had left.
            Assert.True(code == (point == "" ? Crash.AllIsThere : 137), $"{folder}, to die at '{point}', ended with {code}: {said}");
        }
    }

    private static async Task<(int Code, string Said)> RunHostAsync(string folder, string postgres, int minutes, string point)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet", ["exec", typeof(CrashTests).Assembly.Location, "crash", folder, postgres, $"{minutes}", point])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["ELEARNING_FAULTS"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var said = await Task.WhenAll(process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, string.Concat(said));
    }
}
