namespace ELearning;

/// <summary>What one honest write to this disk costs: the floor under every durable figure.</summary>
internal static class Fsync
{
    public static async Task RunAsync(Bench bench)
    {
        await using var file = File.Create(Path.Combine(bench.Folder, "fsync"));
        var page = new byte[4096];
        bench.Percentiles("fsync", await Bench.TimeAsync(200, _ =>
        {
            file.Write(page);
            file.Flush(flushToDisk: true);
            return Task.CompletedTask;
        }));
    }
}
