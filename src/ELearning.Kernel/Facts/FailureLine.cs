namespace ELearning;

internal static class FailureLine
{
    /// <summary>What is kept of an exception in the database: enough to recognise it. The stack is in the log.</summary>
    public static string Of(Exception e)
    {
        var line = $"{e.GetType().Name}: {e.Message}".Replace('\0', ' ');
        return line.Length <= 500 ? line : line[..500];
    }
}
