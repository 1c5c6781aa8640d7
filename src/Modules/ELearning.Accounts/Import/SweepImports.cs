using ELearning.Blobs;
using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>Files with names and addresses, and what was wrong in them, are needed for a while only.</summary>
internal sealed class SweepImports(ImportStore store, BlobStore blobs, Db db, TimeProvider clock) : IJob
{
    public const string Name = "sweep-imports";
    public const int DaysKept = 30;

    private const int Batch = 50;

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        List<Import> old;
        do
        {
            old = await store.OldAsync(clock.GetUtcNow().AddDays(-DaysKept), Batch, ct);
            foreach (var import in old)
                await db.TransactAsync(async () =>
                {
                    await blobs.ReleaseAllAsync(import.Owner, ct);
                    await store.RemoveAsync(import.Id, ct);
                }, ct);
        }
        while (old.Count == Batch);
    }
}
