namespace ELearning.Data;

/// <summary>How many statements one request or job sent, and how long they took, waiting for a connection included.</summary>
public sealed class StatementMeter
{
    private readonly Lock _gate = new();

    public int Count { get; private set; }

    public TimeSpan Elapsed { get; private set; }

    /// <summary>The text of the slowest statement, and its time.</summary>
    public (string Text, TimeSpan Elapsed)? Slowest { get; private set; }

    internal void Add(string text, TimeSpan elapsed)
    {
        lock (_gate)
        {
            Count++;
            Elapsed += elapsed;
            if (Slowest is not { } slowest || elapsed > slowest.Elapsed) Slowest = (text, elapsed);
        }
    }
}
