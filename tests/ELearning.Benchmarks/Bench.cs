using System.Diagnostics;
using System.Globalization;

namespace ELearning;

/// <summary>One benchmark's name, and what it does. A long one runs only when it is named or with <c>--long</c>.</summary>
internal sealed record Benchmark(string Name, Func<Bench, Task> RunAsync, bool Long = false);

/// <summary>Handed to a benchmark: where its figures go, and a place for its files.</summary>
internal sealed class Bench(TextWriter output, bool isLong) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("elearning-bench-");

    /// <summary>Asked for with <c>--long</c>: more rounds, more tenants, steadier figures.</summary>
    public bool IsLong => isLong;

    /// <summary>On a disk that is written to honestly, not in memory; gone afterwards.</summary>
    public string Folder => _folder.FullName;

    /// <summary>A role of the private cluster that may make roles and databases; its fsync is on.</summary>
    public static string Postgres => Environment.GetEnvironmentVariable("ELEARNING_TEST_POSTGRES")
        ?? throw new InvalidOperationException("ELEARNING_TEST_POSTGRES is not set: run the benchmarks by ./bench.");

    public void Figure(string name, double value, string unit)
    {
        var digits = Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", _ => "0.###" };
        output.WriteLine($"{name}: {value.ToString(digits, CultureInfo.InvariantCulture)} {unit}");
    }

    /// <summary>The figures <c>name.p50</c> and <c>name.p95</c>.</summary>
    public void Percentiles(string name, IEnumerable<double> values, string unit = "ms")
    {
        var sorted = values.Order().ToArray();
        Figure($"{name}.p50", Percentile(sorted, 50), unit);
        Figure($"{name}.p95", Percentile(sorted, 95), unit);
    }

    /// <summary>The smallest value that at least so many per cent do not exceed: always one that was measured.</summary>
    public static double Percentile(double[] sorted, int percent) =>
        sorted.Length == 0
            ? throw new ArgumentException("Nothing was measured.", nameof(sorted))
            : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100.0) - 1)];

    /// <summary>How long each of <paramref name="rounds"/> took, in milliseconds.</summary>
    public static async Task<double[]> TimeAsync(int rounds, Func<int, Task> once)
    {
        var times = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await once(i);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times;
    }

    /// <summary>How many calls a second <paramref name="workers"/> loops together make, counted for <paramref name="duration"/>.</summary>
    public static async Task<(double PerSecond, double[] Milliseconds)> LoadAsync(int workers, TimeSpan duration, Func<int, Task> once)
    {
        var start = Stopwatch.GetTimestamp();
        var times = await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            var own = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                var before = Stopwatch.GetTimestamp();
                await once(worker);
                own.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }

            return own;
        })));
        var all = times.SelectMany(t => t).ToArray();
        return (all.Length / Stopwatch.GetElapsedTime(start).TotalSeconds, all);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
