using System.Data.Common;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.Logging;

namespace ELearning.Keeping;

/// <summary>Removes for good what has been in the trash for 30 days. A person is not removed but erased: others' rows refer to them.</summary>
internal sealed class PurgeTrash(Db db, ErasePerson erase, FeatureCatalog catalog, Tenant tenant, TimeProvider clock, ILogger<PurgeTrash> log) : IJob
{
    private const int Batch = 200;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public async Task RunAsync(JobRun run, CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        // Of features that are on: what is in the trash of others waits for them.
        foreach (var table in catalog.Closure(tenant.Features, tenant.IsPlatform).Reverse().SelectMany(feature => feature.Declared.Trashed))
            await PurgeAsync(table, before, ct);
        foreach (var person in await db.ListAsync<Guid>($"SELECT id FROM people WHERE trashed_at < {before} AND state <> 'erased' ORDER BY trashed_at, id LIMIT {Batch}", ct))
            await erase.RunAsync(person, ct);
    }

    private async Task PurgeAsync(string table, DateTimeOffset before, CancellationToken ct)
    {
        var name = Sql.Name(table);
        foreach (var id in await db.ListAsync<Guid>($"SELECT id FROM {name} WHERE trashed_at < {before} ORDER BY trashed_at, id LIMIT {Batch}", ct))
        {
            try
            {
                await db.ExecuteAsync($"DELETE FROM {name} WHERE id = {id} AND trashed_at < {before}", ct);
                log.LogInformation("{Table} {Id} purged from the trash", table, id);
            }
            catch (DbException e)
            {
                log.LogWarning(e, "{Table} {Id} cannot be purged: something still refers to it", table, id);
            }
        }
    }
}
