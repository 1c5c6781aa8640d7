using System.Data.Common;

namespace ELearning.Data;

/// <summary>What a connection is borrowed for.</summary>
internal enum Use
{
    /// <summary>One statement that changes nothing.</summary>
    Read,

    /// <summary>One statement that may change rows, committed by itself.</summary>
    Write,

    /// <summary>Several statements that are committed together.</summary>
    Transaction,

    /// <summary>
    /// A transaction in which tables may be rebuilt, asked of the owner's store only: no authorizer, and on SQLite foreign
    /// keys are off from before it begins and checked before it commits (inside one the pragma is ignored, and DROP TABLE would cascade).
    /// </summary>
    Migration,

    /// <summary>Several reads that see one moment and make nobody wait, asked of the owner's store only (it may read the catalog).</summary>
    Snapshot,
}

/// <summary>One database, the platform's or a tenant's: lends connections, and runs hot small writes together.</summary>
public abstract class Store : IAsyncDisposable
{
    public abstract Dialect Dialect { get; }

    /// <summary>The engine that opened it, whose <see cref="Engine.StatementSeen"/> is told of every statement.</summary>
    internal virtual Engine? Engine => null;

    internal abstract ValueTask<Borrowed> BorrowAsync(Use use, CancellationToken ct);

    /// <summary>Runs the statements of one caller as a unit, together with those of other waiting callers, and returns after the commit.</summary>
    internal abstract Task<int[]> AppendAsync(Sql[] statements, CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A connection on loan. Disposing it gives it back, rolling back what was not committed.</summary>
internal abstract class Borrowed : IAsyncDisposable
{
    /// <summary>A command with text and parameters in place. Whoever gets it disposes it (an engine may keep the prepared one behind).</summary>
    public abstract DbCommand Command(Sql sql);

    /// <summary>One after the other, or in one round trip where there is a way to save.</summary>
    /// <returns>How many rows each changed.</returns>
    public virtual async Task<int[]> ExecuteAsync(Sql[] statements, CancellationToken ct)
    {
        var changed = new int[statements.Length];
        for (var i = 0; i < changed.Length; i++)
        {
            await using var command = Command(statements[i]);
            changed[i] = statements[i].Checked(await command.ExecuteNonQueryAsync(ct));
        }
        return changed;
    }

    /// <summary>Several definitions of tables in order, in one round trip where there is a way to save.</summary>
    /// <exception cref="StatementFailedException">Says which was refused; those behind it did not run.</exception>
    public virtual async Task DefineAsync(IReadOnlyList<Sql> statements, CancellationToken ct)
    {
        for (var i = 0; i < statements.Count; i++)
        {
            try
            {
                await this.ExecuteAsync(statements[i], ct);
            }
            catch (DbException e)
            {
                throw new StatementFailedException(i, e);
            }
        }
    }

    /// <summary>Many rows by one prepared statement. PostgreSQL has something faster.</summary>
    public virtual async Task<long> InsertAsync(string table, string[] columns, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        long count = 0;
        foreach (var row in rows)
        {
            await using var command = Command($"INSERT INTO {Sql.Name(table)} {columns.Select(Sql.Name)} VALUES {row}");
            count += await command.ExecuteNonQueryAsync(ct);
        }
        return count;
    }

    public abstract Task CommitAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

/// <summary>One of several statements was refused by the database.</summary>
internal sealed class StatementFailedException(int index, DbException inner) : Exception(inner.Message, inner)
{
    public int Index => index;

    public DbException Refusal => inner;
}
