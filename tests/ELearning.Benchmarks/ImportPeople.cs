using System.Diagnostics;
using System.Globalization;
using System.Text;
using ELearning.Accounts;
using ELearning.Blobs;
using ELearning.Data;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>50,000 people from a file: how long the check and the import take, and by how much the process grows meanwhile.</summary>
internal static class ImportPeople
{
    private const int People = 50_000;

    public static async Task RunAsync(Bench bench, string engine)
    {
        var name = $"import.{engine.ToLowerInvariant()}";
        await using var host = await TestHost.StartAsync(engine, options: options => options with { DataFolder = Path.Combine(bench.Folder, engine) }, watched: false);
        await using var site = await TestSite.StartAsync(host, "Accounts");
        var id = await UploadAsync(site);
        await RunAsync(site, id, ImportPhase.Checking);
        var check = await RunAsync(site, id, ImportPhase.Running);
        bench.Figure($"{name}.seconds", check.Seconds, "s");
        bench.Figure($"{name}.memory", check.GrowthMb, "MB");
        var here = (await site.QueryAsync<long>($"SELECT COUNT(*) FROM accounts"))[0];
        if (here != People) throw new InvalidOperationException($"{here} people were imported instead of {People}.");
    }

    private static async Task<(double Seconds, double GrowthMb)> RunAsync(TestSite site, Guid id, ImportPhase phase)
    {
        using var process = Process.GetCurrentProcess();
        GC.Collect();
        process.Refresh();
        var (before, peak, start) = (process.WorkingSet64, process.WorkingSet64, Stopwatch.GetTimestamp());
        await site.RunAsync(async services =>
        {
            var store = services.GetRequiredService<ImportStore>();
            await store.BeginAsync((await store.FindAsync(id, default))!, phase, default);
            await services.GetRequiredService<Jobs>().EnqueueAsync(RunImport.Name, id.ToString());
        });
        while ((await site.RunAsync(services => services.GetRequiredService<ImportStore>().FindAsync(id, default)))!.IsAtWork)
        {
            await Task.Delay(100);
            process.Refresh();
            peak = Math.Max(peak, process.WorkingSet64);
        }
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, (peak - before) / 1048576.0);
    }

    private static async Task<Guid> UploadAsync(TestSite site)
    {
        var text = new StringBuilder("Vorname;Nachname;E-Mail;Sprache;Zeitzone\r\n");
        for (var i = 0; i < People; i++) text.Append(CultureInfo.InvariantCulture, $"Jürgen {i};Groß-Müller;person{i}@example.org;de;Europe/Berlin\r\n");
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return await site.RunAsync(async services =>
        {
            var blobs = services.GetRequiredService<BlobStore>();
            using var received = (await blobs.ReceiveAsync(new MemoryStream(bytes), ImportList.MostBytes, default))!; // smaller than the limit
            var columns = ImportColumns.Guess(["Vorname", "Nachname", "E-Mail", "Sprache", "Zeitzone"]);
            var import = new Import(Guid.CreateVersion7(), null, "people.csv", received.Hash, "utf-8", ";", columns.Headings.ToArray(), columns.Fields.ToArray(),
                OnExisting.Skip, false, ImportPhase.Uploaded, 0, 0, 0, 0, 0, 0, DateTimeOffset.UtcNow, null, 0);
            await services.GetRequiredService<Db>().TransactAsync(async () =>
            {
                if (await blobs.KeepAsync(received, import.Owner, import.FileName, "text/csv", long.MaxValue, default) is { } refused) throw new InvalidOperationException(refused.Text);
                await services.GetRequiredService<ImportStore>().AddAsync(import, default);
            });
            return import.Id;
        });
    }
}
