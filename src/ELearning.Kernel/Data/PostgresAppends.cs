using Npgsql;

namespace ELearning.Data;

/// <summary>
/// Group commit: while one batch is at the server, the next callers gather, and go together in one transaction and one
/// round trip. There are no savepoints: when a batch is refused nothing of it has happened, so the callers before the
/// culprit run again as one, the culprit alone, and those behind it as one.
/// </summary>
internal sealed class PostgresAppends(NpgsqlDataSource pool, string enter)
{
    private const int Callers = 60;

    private readonly Queue<Call> _waiting = new();
    private bool _running;

    public Task<int[]> AddAsync(Sql[] statements, CancellationToken ct)
    {
        var call = new Call(statements, ct);
        lock (_waiting)
        {
            _waiting.Enqueue(call);
            if (_running) return call.Task;
            _running = true;
        }
        _ = Task.Run(DrainAsync, CancellationToken.None);
        return call.Task;
    }

    private async Task DrainAsync()
    {
        while (Take() is { Count: > 0 } calls) await RunAsync(calls);
    }

    private List<Call> Take()
    {
        var calls = new List<Call>(Callers);
        lock (_waiting)
        {
            while (calls.Count < Callers && _waiting.TryDequeue(out var call))
                if (!call.IsCancelled) calls.Add(call);
            _running = calls.Count > 0;
        }
        return calls;
    }

    private async Task RunAsync(List<Call> calls)
    {
        try
        {
            var changed = await CommitAsync(calls);
            for (var i = 0; i < calls.Count; i++) calls[i].TrySetResult(changed[i]);
        }
        catch (RefusedException refused) when (calls.Count > 1)
        {
            await RunAgainAsync(calls, refused.Culprit);
        }
        catch (Exception e)
        {
            // Whether a commit happened is not known when the connection broke: never run these again.
            foreach (var call in calls) call.TrySetException((e as RefusedException)?.InnerException ?? e);
        }
    }

    private async Task RunAgainAsync(List<Call> calls, int culprit)
    {
        if (culprit > 0) await RunAsync(calls[..culprit]);
        await RunAsync([calls[culprit]]);
        if (culprit + 1 < calls.Count) await RunAsync(calls[(culprit + 1)..]);
    }

    private async Task<int[][]> CommitAsync(List<Call> calls, bool again = false)
    {
        // Nobody's token: the batch is of many callers.
        await using var connection = await pool.OpenConnectionAsync();
        // Without BEGIN the batch commits when the server has run it, in the same round trip; whoever wants to look at
        // the counts before the commit pays for a second one.
        await using var transaction = calls.Exists(call => call.MustChange) ? await connection.BeginTransactionAsync() : null;
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(new(enter));
        foreach (var statement in calls.SelectMany(call => call.Statements)) _ = new PostgresCommand(batch, statement);

        try
        {
            await batch.ExecuteNonQueryAsync();
        }
        catch (PostgresException e) when (!again && PostgresStore.IsStale(e, batch))
        {
            pool.Clear();
            return await CommitAsync(calls, again: true);
        }
        catch (PostgresException e) when (e.InvariantSeverity == "ERROR")
        {
            throw new RefusedException(Culprit(calls, batch, e), e);
        }

        var changed = Changed(calls, batch);
        if (transaction is not null) await transaction.CommitAsync();
        return changed;
    }

    private static int[][] Changed(List<Call> calls, NpgsqlBatch batch)
    {
        var changed = new int[calls.Count][];
        var next = 1;
        for (var i = 0; i < calls.Count; i++)
        {
            try
            {
                changed[i] = Array.ConvertAll(calls[i].Statements, statement => statement.Checked(batch.BatchCommands[next++].RecordsAffected));
            }
            catch (UnexpectedRowCountException e)
            {
                throw new RefusedException(i, e);
            }
        }
        return changed;
    }

    // An error of the commit itself (a deferred constraint) names no statement: the middle one halves the batch.
    private static int Culprit(List<Call> calls, NpgsqlBatch batch, PostgresException e)
    {
        var statement = e.BatchCommand is NpgsqlBatchCommand command ? batch.BatchCommands.IndexOf(command) : -1;
        if (statement < 1) return calls.Count / 2;

        var call = 0;
        for (var first = 1 + calls[0].Statements.Length; first <= statement; first += calls[call].Statements.Length) call++;
        return call;
    }

    private sealed class Call(Sql[] statements, CancellationToken ct)
        : TaskCompletionSource<int[]>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Sql[] Statements => statements;

        public bool MustChange => Array.Exists(statements, statement => statement.Expected is not null);

        public bool IsCancelled => ct.IsCancellationRequested && TrySetCanceled(ct);
    }

    private sealed class RefusedException(int culprit, Exception inner) : Exception(inner.Message, inner)
    {
        public int Culprit => culprit;
    }
}
