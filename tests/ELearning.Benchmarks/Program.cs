using System.Diagnostics;
using ELearning;

// The runner starts each benchmark in a process of its own, so that nobody's heap, pools or compiled code is another's.
const string One = "--one";
var isLong = args.Contains("--long");
var names = args.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).ToArray();

if (args.Contains(One))
{
    using var bench = new Bench(Console.Out, isLong);
    await Benchmarks.All.Single(b => b.Name == names[0]).RunAsync(bench);
    return 0;
}

if (names.FirstOrDefault(name => !Benchmarks.All.Any(b => IsNamed(b, name))) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark {unknown}. There are: {string.Join(' ', Benchmarks.All.Select(b => b.Name))}");
    return 2;
}

var chosen = Benchmarks.All.Where(b => names.Length > 0 ? names.Any(name => IsNamed(b, name)) : isLong || !b.Long);
var failed = new List<string>();
foreach (var benchmark in chosen)
{
    var start = Stopwatch.GetTimestamp();
    string[] arguments = [Environment.GetCommandLineArgs()[0], One, benchmark.Name, .. isLong ? ["--long"] : Array.Empty<string>()];
    using var process = Process.Start(Environment.ProcessPath!, arguments);
    await process.WaitForExitAsync();
    if (process.ExitCode != 0) failed.Add(benchmark.Name);
    Console.Error.WriteLine($"({benchmark.Name} took {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s)");
}

foreach (var name in failed) Console.Error.WriteLine($"{name} failed.");
return failed.Count == 0 ? 0 : 1;

static bool IsNamed(Benchmark benchmark, string name) => benchmark.Name.StartsWith(name, StringComparison.Ordinal);
