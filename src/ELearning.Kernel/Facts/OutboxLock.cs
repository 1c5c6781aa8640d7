using System.Text;
using ELearning.Data;

namespace ELearning;

/// <summary>
/// The lock on a tenant's <c>outbox_state</c>: shared by whoever adds work, until commit; exclusive for whoever says that
/// there is none left.
/// </summary>
internal abstract class OutboxLock
{
    public static OutboxLock For(Dialect dialect, string tenantKey) =>
        dialect == Dialect.Sqlite ? new SqliteOutboxLock() : new PostgresOutboxLock(tenantKey);

    /// <summary>An expression that takes the lock shared. What it guards must be read by a later statement, which sees what was committed meanwhile.</summary>
    public abstract Sql Share { get; }

    /// <summary>Never waits: while somebody adds work there is nothing to clear.</summary>
    public abstract Task<bool> TryExclusiveAsync(Db db, CancellationToken ct);

    /// <summary>Ends a SELECT that takes rows which another host may be taking too.</summary>
    public abstract Sql SkipLocked { get; }

    /// <summary>One process, and its one writer is the lock.</summary>
    private sealed class SqliteOutboxLock : OutboxLock
    {
        public override Sql Share => $"0";

        public override Task<bool> TryExclusiveAsync(Db db, CancellationToken ct) => Task.FromResult(true);

        public override Sql SkipLocked => $"";
    }

    private sealed class PostgresOutboxLock(string tenantKey) : OutboxLock
    {
        // Advisory locks are the whole database's, which many tenants share: the key is the tenant's.
        private readonly long _key = Hash("outbox:" + tenantKey);

        public override Sql Share => $"CAST(pg_advisory_xact_lock_shared({_key}) AS text)";

        public override async Task<bool> TryExclusiveAsync(Db db, CancellationToken ct) =>
            await db.FirstAsync<bool?>($"SELECT pg_try_advisory_xact_lock({_key})", ct) is true;

        public override Sql SkipLocked => $"FOR UPDATE SKIP LOCKED";

        private static long Hash(string text) =>
            BitConverter.ToInt64(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}
