using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace ELearning.Data;

/// <summary>
/// The last statement of a batch as a command: what goes before it (entering the tenant) travels in the same round
/// trip, and whoever runs the command does not see it.
/// </summary>
internal sealed class PostgresCommand : DbCommand
{
    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlBatchCommand _statement = new();

    public PostgresCommand(NpgsqlBatch batch, Sql sql)
    {
        _batch = batch;
        sql.ApplyTo(this, Dialect.Postgres);
        batch.BatchCommands.Add(_statement);
    }

    /// <summary>How the first batch of a loan is run; null for the others.</summary>
    public Func<NpgsqlBatch, Func<Task>, CancellationToken, Task>? Run { get; init; }

    [AllowNull]
    public override string CommandText { get => _statement.CommandText; set => _statement.CommandText = value; }

    public override int CommandTimeout { get => _batch.Timeout; set => _batch.Timeout = value; }

    public override CommandType CommandType { get => CommandType.Text; set => throw new NotSupportedException(); }

    public override UpdateRowSource UpdatedRowSource { get => UpdateRowSource.None; set => throw new NotSupportedException(); }

    public override bool DesignTimeVisible { get => false; set => throw new NotSupportedException(); }

    protected override DbConnection? DbConnection { get => _batch.Connection; set => throw new NotSupportedException(); }

    protected override DbTransaction? DbTransaction { get => _batch.Transaction; set => throw new NotSupportedException(); }

    protected override DbParameterCollection DbParameterCollection => _statement.Parameters;

    public override void Cancel() => _batch.Cancel();

    public override void Prepare() => throw new NotSupportedException("Nothing is prepared on connections that tenants share.");

    public override int ExecuteNonQuery() => throw new NotSupportedException("Only asynchronously.");

    public override object? ExecuteScalar() => throw new NotSupportedException("Only asynchronously.");

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        await RunAsync(() => _batch.ExecuteNonQueryAsync(cancellationToken), cancellationToken);
        return _statement.RecordsAffected;
    }

    protected override DbParameter CreateDbParameter() => new NpgsqlParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException("Only asynchronously.");

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken)
    {
        DbDataReader reader = null!;
        await RunAsync(async () => reader = await OpenReaderAsync(behavior, cancellationToken), cancellationToken);
        return reader;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _batch.Dispose();
        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await _batch.DisposeAsync();
        await base.DisposeAsync();
    }

    private Task RunAsync(Func<Task> run, CancellationToken ct) => Run is null ? run() : Run(_batch, run, ct);

    private async Task<DbDataReader> OpenReaderAsync(CommandBehavior behavior, CancellationToken ct)
    {
        var reader = await _batch.ExecuteReaderAsync(behavior, ct);
        try
        {
            for (var i = 1; i < _batch.BatchCommands.Count; i++) await reader.NextResultAsync(ct);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }
}
