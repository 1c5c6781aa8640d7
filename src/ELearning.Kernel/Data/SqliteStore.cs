using System.Data.Common;

namespace ELearning.Data;

/// <summary>
/// One file: one connection that writes, lent to one borrower after the other, and up to three that only read.
/// Opened when first asked for, closed when idle; a store that nobody uses holds nothing.
/// </summary>
internal sealed class SqliteStore(SqliteEngine engine, string file) : Store
{
    private const int Readers = 3;

    private readonly SemaphoreSlim _writerTurn = new(1);
    private readonly SemaphoreSlim _readerTurns = new(Readers);
    private readonly Stack<SqliteLink> _readers = [];
    private SqliteLink? _writer;

    public override Dialect Dialect => Dialect.Sqlite;

    internal override Engine Engine => engine;

    private string File => file;

    private SqliteAppends Appends => LazyInitializer.EnsureInitialized(ref field, () => new(this));

    /// <summary>The same file for whoever may make and change its tables.</summary>
    internal Store Owner => LazyInitializer.EnsureInitialized(ref field, () => new Owned(this));

    internal override ValueTask<Borrowed> BorrowAsync(Use use, CancellationToken ct) => use is Use.Migration or Use.Snapshot
        ? throw new InvalidOperationException($"A loan for {use} is the owner's.")
        : LendAsync(use, asOwner: false, ct);

    private async ValueTask<Borrowed> LendAsync(Use use, bool asOwner, CancellationToken ct)
    {
        if (use is Use.Read or Use.Snapshot) return new Reading(this, await TakeReaderAsync(ct), use == Use.Snapshot);

        var loan = new Writing(this, await TakeWriterAsync(ct), use, asOwner);
        try
        {
            loan.Begin();
            return loan;
        }
        catch
        {
            await loan.DisposeAsync();
            throw;
        }
    }

    internal override Task<int[]> AppendAsync(Sql[] statements, CancellationToken ct) => Appends.AddAsync(statements, ct);

    internal async ValueTask<SqliteLink> TakeWriterAsync(CancellationToken ct)
    {
        await _writerTurn.WaitAsync(ct);
        try
        {
            return _writer ??= SqliteLink.Writer(file);
        }
        catch
        {
            _writerTurn.Release();
            throw;
        }
    }

    internal void ReturnWriter(SqliteLink writer)
    {
        try
        {
            if (writer.InTransaction) writer.Control("ROLLBACK");
            writer.LastUsed = engine.Now;
        }
        catch
        {
            // Nobody shall find it in the middle of a transaction: the next borrower opens another.
            _writer = null;
            writer.Dispose();
            throw;
        }
        finally
        {
            _writerTurn.Release();
        }
    }

    /// <summary>Makes the file, which no other way of opening does.</summary>
    internal async Task CreateAsync(CancellationToken ct)
    {
        await _writerTurn.WaitAsync(ct);
        try
        {
            _writer ??= SqliteLink.Writer(file, create: true);
            _writer.LastUsed = engine.Now;
        }
        finally
        {
            _writerTurn.Release();
        }
    }

    /// <summary>Closes what has not been used since then. What is lent just now stays.</summary>
    /// <returns>Whether the file is closed now, and was open.</returns>
    internal bool CloseIdle(long since)
    {
        lock (_readers)
        {
            while (_readers.TryPeek(out var reader) && reader.LastUsed <= since) _readers.Pop().Dispose();
        }
        if (_writer is null || !_writerTurn.Wait(0)) return false;
        try
        {
            // The last connection to close puts the log into the file: that has to be the writer.
            if (_writer is { } writer && writer.LastUsed <= since && _readerTurns.CurrentCount == Readers && _readers.Count == 0)
            {
                _writer = null;
                writer.Dispose();
                return true;
            }
            return false;
        }
        finally
        {
            _writerTurn.Release();
        }
    }

    // The connections are the engine's: another shell of this tenant may be using them.
    public override ValueTask DisposeAsync() => default;

    /// <summary>Closes the connections when their borrowers have returned them. Whoever asks again opens others.</summary>
    internal async Task CloseAsync()
    {
        await _writerTurn.WaitAsync();
        for (var i = 0; i < Readers; i++) await _readerTurns.WaitAsync();
        lock (_readers)
        {
            while (_readers.TryPop(out var reader)) reader.Dispose();
        }
        _writer?.Dispose();
        _writer = null;
        _readerTurns.Release(Readers);
        _writerTurn.Release();
    }

    private async ValueTask<SqliteLink> TakeReaderAsync(CancellationToken ct)
    {
        await _readerTurns.WaitAsync(ct);
        try
        {
            lock (_readers)
            {
                if (_readers.TryPop(out var reader)) return reader;
            }
            return SqliteLink.Reader(file);
        }
        catch
        {
            _readerTurns.Release();
            throw;
        }
    }

    private void ReturnReader(SqliteLink reader)
    {
        try
        {
            if (reader.InTransaction) reader.Control("ROLLBACK");
            reader.LastUsed = engine.Now;
            lock (_readers) _readers.Push(reader);
        }
        finally
        {
            _readerTurns.Release();
        }
    }

    internal sealed class Owned(SqliteStore store) : Store
    {
        public string File => store.File;

        public override Dialect Dialect => store.Dialect;

        internal override Engine Engine => store.Engine;

        internal override ValueTask<Borrowed> BorrowAsync(Use use, CancellationToken ct) => store.LendAsync(use, asOwner: true, ct);

        internal override Task<int[]> AppendAsync(Sql[] statements, CancellationToken ct) => store.AppendAsync(statements, ct);

        public override ValueTask DisposeAsync() => default;
    }

    private sealed class Reading : Borrowed
    {
        private readonly SqliteStore _store;
        private readonly SqliteLink _reader;

        public Reading(SqliteStore store, SqliteLink reader, bool asOwner)
        {
            (_store, _reader) = (store, reader);
            reader.IsTrusted = asOwner;
            if (asOwner) reader.Control("BEGIN");
        }

        public override DbCommand Command(Sql sql) => _reader.Command(sql);

        public override Task CommitAsync(CancellationToken ct) => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            _reader.IsTrusted = false;
            _store.ReturnReader(_reader);
            return default;
        }
    }

    private sealed class Writing(SqliteStore store, SqliteLink writer, Use use, bool asOwner) : Borrowed
    {
        public void Begin()
        {
            writer.OwnsSchema = asOwner;
            if (use == Use.Write) return;
            if (use == Use.Migration)
            {
                writer.IsTrusted = true;
                // Inside a transaction the pragma is ignored.
                writer.Control("PRAGMA foreign_keys = OFF");
            }
            writer.Control("BEGIN IMMEDIATE");
        }

        public override DbCommand Command(Sql sql) => writer.Command(sql);

        public override Task CommitAsync(CancellationToken ct)
        {
            if (use == Use.Migration) writer.CheckForeignKeys();
            if (writer.InTransaction) writer.Control("COMMIT");
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            try
            {
                if (use == Use.Migration) writer.EndMigration();
            }
            finally
            {
                writer.OwnsSchema = false;
                store.ReturnWriter(writer);
            }
            return default;
        }
    }
}
