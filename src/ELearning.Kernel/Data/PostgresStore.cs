using System.Data;
using System.Data.Common;
using Npgsql;

namespace ELearning.Data;

/// <summary>
/// One schema, entered by a role, on connections that others use as well. Entering is part of every loan: it is the
/// first statement of the first batch, and ends with the transaction.
/// </summary>
internal sealed class PostgresStore(NpgsqlDataSource pool, string role, string schema) : Store
{
    private readonly string _enter = Enter(role, schema);
    private readonly PostgresAppends _appends = new(pool, Enter(role, schema));

    public override Dialect Dialect => Dialect.Postgres;

    internal override async ValueTask<Borrowed> BorrowAsync(Use use, CancellationToken ct)
    {
        var connection = await pool.OpenConnectionAsync(ct);
        // BEGIN waits for the first statement and travels with it.
        var transaction = use switch
        {
            Use.Transaction or Use.Migration => await connection.BeginTransactionAsync(ct),
            Use.Snapshot => await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct),
            _ => null,
        };
        return new Loan(connection, transaction, use is Use.Read or Use.Snapshot ? _enter + ", set_config('transaction_read_only', 'on', true)" : _enter);
    }

    internal override Task<int[]> AppendAsync(Sql[] statements, CancellationToken ct) => _appends.AddAsync(statements, ct);

    // The pools are the engine's.
    public override ValueTask DisposeAsync() => default;

    // set_config and not SET LOCAL: statements of one batch are one transaction to the server even without BEGIN, but
    // SET LOCAL would log a warning there. So a statement outside TransactAsync is one round trip in all.
    private static string Enter(string role, string schema)
    {
        var path = $"{PostgresNames.Quote(schema)}, public";
        return $"SELECT set_config('role', {PostgresNames.Literal(role)}, true), set_config('search_path', {PostgresNames.Literal(path)}, true)";
    }

    private sealed class Loan(NpgsqlConnection connection, NpgsqlTransaction? transaction, string enter) : Borrowed
    {
        private bool _entered;

        public override DbCommand Command(Sql sql)
        {
            var batch = new NpgsqlBatch(connection, transaction);
            if (!_entered) batch.BatchCommands.Add(new(enter));
            _entered = transaction is not null;
            return new PostgresCommand(batch, sql);
        }

        public override Task CommitAsync(CancellationToken ct) => transaction?.CommitAsync(ct) ?? Task.CompletedTask;

        public override async ValueTask DisposeAsync()
        {
            if (transaction is not null) await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
