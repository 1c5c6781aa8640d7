namespace ELearning.Data;

/// <summary>
/// Rows may come in any order until they are all there. SQLite lends such a connection; PostgreSQL's foreign keys are
/// made to wait for the end, and are as they were afterwards.
/// </summary>
internal sealed class LooseForeignKeys
{
    private readonly Borrowed _transaction;
    private readonly List<string> _keys;

    private LooseForeignKeys(Borrowed transaction, List<string> keys) => (_transaction, _keys) = (transaction, keys);

    public static async Task<LooseForeignKeys> TakeAsync(Borrowed transaction, Dialect dialect, CancellationToken ct)
    {
        var keys = dialect == Dialect.Sqlite ? [] : await transaction.ListAsync($"""
            SELECT 'ALTER TABLE ' || conrelid::regclass || ' ALTER CONSTRAINT ' || quote_ident(conname) FROM pg_constraint
            WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::text::regnamespace ORDER BY conname, oid
            """, ct);
        foreach (var key in keys) await transaction.ExecuteAsync(Sql.Trusted(key + " DEFERRABLE INITIALLY DEFERRED"), ct);
        return new(transaction, keys);
    }

    public async Task CheckAsync(CancellationToken ct)
    {
        if (_keys.Count == 0) return;
        await _transaction.ExecuteAsync($"SET CONSTRAINTS ALL IMMEDIATE", ct);
        foreach (var key in _keys) await _transaction.ExecuteAsync(Sql.Trusted(key + " NOT DEFERRABLE"), ct);
    }
}
