using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ELearning.Data;

/// <summary>
/// Group commit: while one batch is on its way to the disk, the next callers gather, and go together in one
/// transaction, each in a savepoint of its own, so that the failure of one is nobody else's.
/// </summary>
internal sealed class SqliteAppends(SqliteStore store) : IThreadPoolWorkItem
{
    private const int Callers = 256;

    private readonly Queue<Caller> _waiting = new();
    private readonly List<Caller> _batch = [];
    private bool _draining;

    public Task<int[]> AddAsync(Sql[] statements, CancellationToken ct)
    {
        var caller = new Caller(statements, ct);
        lock (_waiting)
        {
            _waiting.Enqueue(caller);
            if (_draining) return caller.Task;
            _draining = true;
        }
        // Not on the caller's thread, which might then be writing for others for ever.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return caller.Task;
    }

    void IThreadPoolWorkItem.Execute() => _ = DrainAsync();

    // Gives the writer away after each batch: whoever waits for it to transact comes next.
    private async Task DrainAsync()
    {
        do
        {
            try
            {
                var writer = await store.TakeWriterAsync(CancellationToken.None);
                try
                {
                    Take();
                    if (_batch.Count > 0) Write(writer, _batch);
                }
                finally
                {
                    store.ReturnWriter(writer);
                }
            }
            catch (Exception e)
            {
                if (_batch.Count == 0) Take();
                foreach (var caller in _batch) caller.Failure ??= e;
            }
            foreach (var caller in _batch) caller.Complete();
            _batch.Clear();
        }
        while (More());
    }

    private bool More()
    {
        lock (_waiting) return _draining = _waiting.Count > 0;
    }

    private void Take()
    {
        lock (_waiting)
        {
            while (_batch.Count < Callers && _waiting.TryDequeue(out var caller))
                if (caller.Take()) _batch.Add(caller);
        }
    }

    private static void Write(SqliteLink writer, List<Caller> callers)
    {
        var whole = false;
        while (!whole)
        {
            writer.Control("BEGIN IMMEDIATE");
            whole = true;
            foreach (var caller in callers)
            {
                if (caller.Failure is not null) continue;
                Run(writer, caller);
                // Some errors (a full disk, INSERT OR ROLLBACK) end the transaction: begin again without whoever met one.
                whole = writer.InTransaction;
                if (!whole) break;
            }
        }
        try
        {
            writer.Control("COMMIT");
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_CONSTRAINT && writer.InTransaction && callers.Count > 1)
        {
            // A deferred foreign key fails only here, and does not say whose it was.
            writer.Control("ROLLBACK");
            foreach (var caller in callers) WriteAlone(writer, caller);
        }
    }

    private static void WriteAlone(SqliteLink writer, Caller caller)
    {
        if (caller.Failure is not null) return;
        try
        {
            Write(writer, [caller]);
        }
        catch (Exception e)
        {
            // Others of the batch may be on the disk already: nobody else is told.
            caller.Failure = e;
            if (writer.InTransaction) writer.Control("ROLLBACK");
        }
    }

    private static void Run(SqliteLink writer, Caller caller)
    {
        writer.Control("SAVEPOINT caller");
        try
        {
            caller.Changed = Array.ConvertAll(caller.Statements, writer.Execute);
        }
        catch (Exception e)
        {
            caller.Failure = e;
            if (!writer.InTransaction) return;
            writer.Control("ROLLBACK TO caller");
        }
        writer.Control("RELEASE caller");
    }

    private sealed class Caller : TaskCompletionSource<int[]>
    {
        private readonly CancellationTokenRegistration _cancellation;
        private int _taken;

        public Caller(Sql[] statements, CancellationToken ct) : base(TaskCreationOptions.RunContinuationsAsynchronously)
        {
            Statements = statements;
            _cancellation = ct.UnsafeRegister(static (caller, token) => ((Caller)caller!).Cancel(token), this);
        }

        public Sql[] Statements { get; }

        public int[] Changed { get; set; } = [];

        public Exception? Failure { get; set; }

        /// <summary>From here on it will be written, however much the caller would like to leave.</summary>
        public bool Take()
        {
            _cancellation.Unregister();
            return Interlocked.Exchange(ref _taken, 1) == 0;
        }

        public void Complete()
        {
            if (Failure is { } failure) SetException(failure);
            else SetResult(Changed);
        }

        private void Cancel(CancellationToken token)
        {
            if (Interlocked.Exchange(ref _taken, 1) == 0) SetCanceled(token);
        }
    }
}
