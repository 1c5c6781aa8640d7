using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace ELearning.Data;

/// <summary>SQLite: a file for the platform and a file a tenant, in one folder.</summary>
internal sealed class SqliteEngine(string folder) : Engine
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = new();

    public override string Name => "SQLite";

    public override Dialect Dialect => Dialect.Sqlite;

    internal override Store Platform => field ??= new SqliteStore(Path.Combine(folder, "platform.db"));

    internal override Task StartAsync(CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(folder, "tenants"));
        return Task.CompletedTask;
    }

    internal override Store Open(string tenantKey) => new SqliteStore(FileOf(tenantKey));

    internal override Store OpenAsOwner(string tenantKey) => Open(tenantKey);

    internal override Task CreateAsync(string tenantKey, CancellationToken ct) => Task.CompletedTask;

    internal override Task DropAsync(string tenantKey, CancellationToken ct)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" }) File.Delete(FileOf(tenantKey) + suffix);
        return Task.CompletedTask;
    }

    internal override async ValueTask<IAsyncDisposable> LockAsync(string name, CancellationToken ct)
    {
        var gate = _locks.GetOrAdd(name, _ => new(1));
        await gate.WaitAsync(ct);
        return new Release(gate);
    }

    public override ValueTask DisposeAsync() => default;

    private string FileOf(string tenantKey) => Path.Combine(folder, "tenants", tenantKey + ".db");

    private sealed class Release(SemaphoreSlim gate) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            gate.Release();
            return default;
        }
    }
}

/// <summary>Stand-in until the writer and readers of KERNEL 6 are here: a connection a loan.</summary>
internal sealed class SqliteStore(string file) : Store
{
    private readonly SemaphoreSlim _writer = new(1);

    public override Dialect Dialect => Dialect.Sqlite;

    internal override async ValueTask<Borrowed> BorrowAsync(Use use, CancellationToken ct)
    {
        var reads = use is Use.Read or Use.Snapshot;
        if (!reads) await _writer.WaitAsync(ct);
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(ct);
        await using (var pragmas = connection.CreateCommand())
        {
            pragmas.CommandText = $"PRAGMA journal_mode = WAL; PRAGMA foreign_keys = {(use == Use.Migration ? "OFF" : "ON")}; PRAGMA synchronous = FULL;";
            await pragmas.ExecuteNonQueryAsync(ct);
        }
        var transaction = use switch
        {
            Use.Transaction or Use.Migration => connection.BeginTransaction(),
            Use.Snapshot => connection.BeginTransaction(deferred: true),
            _ => null,
        };
        return new Loan(connection, transaction, reads ? null : _writer, use == Use.Migration);
    }

    internal override async Task<int[]> AppendAsync(Sql[] statements, CancellationToken ct)
    {
        var db = new Db(this);
        return await db.TransactAsync(() => db.AppendAsync(statements, ct), ct);
    }

    public override ValueTask DisposeAsync() => default;

    private sealed class Loan(SqliteConnection connection, SqliteTransaction? transaction, SemaphoreSlim? writer, bool check) : Borrowed
    {
        public override DbCommand Command(Sql sql)
        {
            var command = connection.CreateCommand();
            command.Transaction = transaction;
            sql.ApplyTo(command, Dialect.Sqlite);
            return command;
        }

        public override async Task CommitAsync(CancellationToken ct)
        {
            if (transaction is null) return;
            if (check) await CheckForeignKeysAsync(ct);
            await transaction.CommitAsync(ct);
        }

        private async Task CheckForeignKeysAsync(CancellationToken ct)
        {
            await using var command = Command($"PRAGMA foreign_key_check");
            await using var broken = await command.ExecuteReaderAsync(ct);
            if (await broken.ReadAsync(ct))
                throw new InvalidOperationException($"Rows of {broken.GetString(0)} refer to rows of {broken.GetString(2)} that are not there.");
        }

        public override async ValueTask DisposeAsync()
        {
            if (transaction is not null) await transaction.DisposeAsync();
            await connection.DisposeAsync();
            writer?.Release();
        }
    }
}
