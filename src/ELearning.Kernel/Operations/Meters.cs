using System.Diagnostics.Metrics;

namespace ELearning;

/// <summary>What a host counts, by tenant. Any listener of .NET's meters can read it; <c>/metrics</c> is one.</summary>
internal static class Meters
{
    // One for the process, as the framework's own are: who counts need not know the host.
    private static readonly Meter Meter = new("ELearning");

    private static readonly Histogram<double> Requests = Meter.CreateHistogram<double>("elearning.requests", "s", "Requests and how long they took.");
    private static readonly Counter<long> Statements = Meter.CreateCounter<long>("elearning.statements", null, "Statements sent by requests.");
    private static readonly Counter<double> StatementTime = Meter.CreateCounter<double>("elearning.statement_time", "s", "How long these took.");
    private static readonly Counter<int> Jobs = Meter.CreateCounter<int>("elearning.jobs", null, "Runs of jobs that ended, by how.");
    private static readonly Counter<int> Delivered = Meter.CreateCounter<int>("elearning.outbox", null, "Facts handled, and handlings that failed.");

    private static int _shells;

    static Meters() =>
        Meter.CreateObservableGauge("elearning.shells", () => Volatile.Read(ref _shells), null, "Active tenants, and replaced shells still in use.");

    public static void Request(string tenant, double seconds, int statements, double statementSeconds, bool failed)
    {
        Requests.Record(seconds, new("tenant", tenant), new("outcome", failed ? "failed" : "done"));
        if (statements == 0) return;
        Statements.Add(statements, new KeyValuePair<string, object?>("tenant", tenant));
        StatementTime.Add(statementSeconds, new KeyValuePair<string, object?>("tenant", tenant));
    }

    public static void ShellBuilt() => Interlocked.Increment(ref _shells);

    public static void ShellDisposed() => Interlocked.Decrement(ref _shells);

    public static void Job(string tenant, string outcome) => Jobs.Add(1, new("tenant", tenant), new("outcome", outcome));

    public static void Outbox(string tenant, int done, int undone)
    {
        if (done > 0) Delivered.Add(done, new("tenant", tenant), new("outcome", "done"));
        if (undone > 0) Delivered.Add(undone, new("tenant", tenant), new("outcome", "failed"));
    }
}
