using System.Data;
using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace ELearning.Data;

/// <summary>
/// One schema, entered by a role, on connections that others use as well. Entering is part of every loan: it is the
/// first statement of the first batch, and ends with the transaction.
/// </summary>
internal sealed class PostgresStore(Engine engine, NpgsqlDataSource pool, string role, string schema) : Store
{
    private readonly string _enter = Enter(role, schema);
    private readonly PostgresAppends _appends = new(pool, Enter(role, schema));

    public override Dialect Dialect => Dialect.Postgres;

    internal string Role => role;

    internal string Schema => schema;

    internal override Engine Engine => engine;

    internal override async ValueTask<Borrowed> BorrowAsync(Use use, CancellationToken ct)
    {
        IsolationLevel? level = use switch
        {
            Use.Transaction or Use.Migration => IsolationLevel.ReadCommitted,
            Use.Snapshot => IsolationLevel.RepeatableRead,
            _ => null,
        };
        var loan = new Loan(pool, level, use is Use.Read or Use.Snapshot ? _enter + ", set_config('transaction_read_only', 'on', true)" : _enter);
        await loan.OpenAsync(ct);
        return loan;
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

    /// <summary>
    /// Whether the server refused to enter, of which nothing has happened. A back end remembers what roles its login has,
    /// and may go on with an old memory when a tenant is made at the very moment at which it learns: it would refuse that
    /// tenant for as long as it lives. So its pool is emptied, and a new back end is asked once more.
    /// </summary>
    internal static bool IsStale(PostgresException refused, NpgsqlBatch batch) =>
        refused.SqlState == PostgresErrorCodes.InsufficientPrivilege && batch.BatchCommands.Count > 0 && refused.BatchCommand == batch.BatchCommands[0];

    private sealed class Loan(NpgsqlDataSource pool, IsolationLevel? level, string enter) : Borrowed
    {
        private NpgsqlConnection _connection = null!;
        private NpgsqlTransaction? _transaction;
        private bool _entered;

        public async Task OpenAsync(CancellationToken ct)
        {
            _connection = await pool.OpenConnectionAsync(ct);
            // BEGIN waits for the first statement and travels with it.
            _transaction = level is { } isolation ? await _connection.BeginTransactionAsync(isolation, ct) : null;
        }

        public override DbCommand Command(Sql sql)
        {
            var enters = !_entered;
            return new PostgresCommand(Batch(), sql) { Run = enters ? EnterAsync : null };
        }

        public override async Task<int[]> ExecuteAsync(Sql[] statements, CancellationToken ct)
        {
            var enters = !_entered;
            await using var batch = Batch();
            var first = batch.BatchCommands.Count;
            foreach (var statement in statements) _ = new PostgresCommand(batch, statement);
            await RunAsync(batch, enters, ct);
            return [.. statements.Select((statement, i) => statement.Checked(batch.BatchCommands[first + i].RecordsAffected))];
        }

        // One round trip for all of them.
        public override async Task DefineAsync(IReadOnlyList<Sql> statements, CancellationToken ct)
        {
            if (statements.Count == 0) return;
            var enters = !_entered;
            await using var batch = Batch();
            var first = batch.BatchCommands.Count;
            foreach (var statement in statements) _ = new PostgresCommand(batch, statement);
            try
            {
                await RunAsync(batch, enters, ct);
            }
            catch (PostgresException e) when (e.BatchCommand is NpgsqlBatchCommand failed && batch.BatchCommands.IndexOf(failed) >= first)
            {
                throw new StatementFailedException(batch.BatchCommands.IndexOf(failed) - first, e);
            }
        }

        // The text format: the binary one refuses an int for a BIGINT column.
        public override async Task<long> InsertAsync(string table, string[] columns, IEnumerable<object?[]> rows, CancellationToken ct)
        {
            if (_transaction is null) throw new InvalidOperationException("COPY is not entered in the same round trip: it needs a transaction.");
            await using (var first = Command($"SELECT 1")) await first.ExecuteNonQueryAsync(ct);

            Sql copy = $"COPY {Sql.Name(table)} {columns.Select(Sql.Name)} FROM STDIN";
            var writer = await _connection.BeginTextImportAsync(copy.Text, ct);
            long count = 0;
            try
            {
                foreach (var row in rows)
                {
                    await writer.WriteAsync((string.Join('\t', row.Select(Text)) + "\n").AsMemory(), ct);
                    count++;
                }
            }
            catch
            {
                // To dispose it would complete the COPY.
                await writer.CancelAsync();
                throw;
            }
            await writer.DisposeAsync();
            return count;
        }

        public override Task CommitAsync(CancellationToken ct) => _transaction?.CommitAsync(ct) ?? Task.CompletedTask;

        public override async ValueTask DisposeAsync()
        {
            if (_transaction is not null) await _transaction.DisposeAsync();
            await _connection.DisposeAsync();
        }

        private NpgsqlBatch Batch()
        {
            var batch = new NpgsqlBatch(_connection, _transaction);
            if (!_entered) batch.BatchCommands.Add(new(enter));
            _entered = _transaction is not null;
            return batch;
        }

        private Task RunAsync(NpgsqlBatch batch, bool enters, CancellationToken ct) =>
            enters ? EnterAsync(batch, () => batch.ExecuteNonQueryAsync(ct), ct) : batch.ExecuteNonQueryAsync(ct);

        private async Task EnterAsync(NpgsqlBatch batch, Func<Task> run, CancellationToken ct)
        {
            try
            {
                await run();
            }
            catch (PostgresException refused) when (IsStale(refused, batch))
            {
                await DisposeAsync();
                pool.Clear();
                await OpenAsync(ct);
                (batch.Connection, batch.Transaction) = (_connection, _transaction);
                await run();
            }
        }

        private static string Text(object? value) => Dialect.Postgres.ToDatabase(value) switch
        {
            null => @"\N",
            string text => text.Replace(@"\", @"\\").Replace("\t", @"\t").Replace("\n", @"\n").Replace("\r", @"\r"),
            byte[] bytes => $@"\\x{Convert.ToHexStringLower(bytes)}",
            DateTimeOffset time => time.UtcDateTime.ToString(Dialect.Instant, CultureInfo.InvariantCulture),
            DateOnly date => date.ToString(Dialect.Day, CultureInfo.InvariantCulture),
            var other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
        };
    }
}
