using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ELearning.Data;

/// <summary>
/// One open connection to one file: set up once, guarded by SQLite's authorizer, with its commands kept prepared.
/// </summary>
internal sealed class SqliteLink : IDisposable
{
    private const int MostKept = 100;

    private static readonly string[] DataWords = ["SELECT", "INSERT", "UPDATE", "DELETE", "WITH"];

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, KeptCommand> _kept = [];
    private readonly Dictionary<string, sqlite3_stmt> _controls = [];
    private long _uses;

    private SqliteLink(string file, SqliteOpenMode mode, bool writes)
    {
        // Text splicing is safe: the builder quotes.
        _connection = new(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
        _connection.Open();
        try
        {
            Configure(writes);
            raw.sqlite3_set_authorizer(Handle, Authorize, null);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public static SqliteLink Writer(string file, bool create = false) =>
        new(file, create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite, writes: true);

    /// <summary>Opened for writing all the same, since a reader of a WAL shares its index; but no statement can write.</summary>
    public static SqliteLink Reader(string file) => new(file, SqliteOpenMode.ReadWrite, writes: false);

    public long LastUsed { get; set; }

    /// <summary>Whether what is run is the kernel's own, and may do what the authorizer refuses to others.</summary>
    public bool IsTrusted { get; set; }

    /// <summary>Whether tables may be made and changed, as on PostgreSQL by their owner only.</summary>
    public bool OwnsSchema { get; set; }

    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    private sqlite3 Handle => _connection.Handle!;

    public DbCommand Command(Sql sql)
    {
        if (IsTrusted || !IsData(sql.Text))
        {
            // Not kept: what was prepared now would be past the authorizer later.
            var once = new SqliteCommand { Connection = _connection };
            RefuseSecondStatement(sql.Text);
            sql.ApplyTo(once, Dialect.Sqlite);
            return once;
        }

        if (!_kept.TryGetValue(sql.Text, out var command)) command = Keep(sql.Text);
        command.Use = ++_uses;
        sql.Bind(command.Parameters, Dialect.Sqlite);
        return command;
    }

    public int Execute(Sql sql) => sql.Checked(Command(sql).ExecuteNonQuery());

    /// <summary>A statement of the kernel's own, such as BEGIN, which nobody else may say.</summary>
    public void Control(string text)
    {
        var before = IsTrusted;
        IsTrusted = true;
        try
        {
            if (!_controls.TryGetValue(text, out var statement))
            {
                SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(Handle, text, out statement), Handle);
                _controls[text] = statement;
            }
            var result = raw.sqlite3_step(statement);
            raw.sqlite3_reset(statement);
            if (result != raw.SQLITE_DONE && result != raw.SQLITE_ROW) SqliteException.ThrowExceptionForRC(result, Handle);
        }
        finally
        {
            IsTrusted = before;
        }
    }

    /// <summary>Throws when a row refers to one that is not there: asked before a migration, made with foreign keys off, commits.</summary>
    public void CheckForeignKeys()
    {
        using var check = Command($"PRAGMA foreign_key_check");
        using var broken = check.ExecuteReader();
        if (broken.Read()) throw new InvalidOperationException($"Rows of {broken.GetString(0)} refer to rows of {broken.GetString(2)} that are not there.");
    }

    public void EndMigration()
    {
        if (InTransaction) Control("ROLLBACK");
        Control("PRAGMA foreign_keys = ON");
        Control("PRAGMA legacy_alter_table = OFF");
        IsTrusted = false;
    }

    public void Dispose()
    {
        foreach (var command in _kept.Values) command.Drop();
        foreach (var statement in _controls.Values) statement.Dispose();
        _connection.Dispose();
    }

    private void Configure(bool writes)
    {
        // A misspelt column in double quotes is an error in PostgreSQL: here it would be a text.
        raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_DQS_DML, 0, out _);
        raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_DQS_DDL, 0, out _);
        raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_DEFENSIVE, 1, out _);
        using var pragmas = _connection.CreateCommand();
        pragmas.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA cache_size = -1024;" + (writes
            ? "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            : "PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0;");
        pragmas.ExecuteNonQuery();
        if (!writes) raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
    }

    private int Authorize(object data, int action, utf8z first, utf8z second, utf8z database, utf8z trigger) =>
        IsTrusted ? raw.SQLITE_OK : action switch
        {
            raw.SQLITE_ATTACH or raw.SQLITE_DETACH or raw.SQLITE_TRANSACTION or raw.SQLITE_SAVEPOINT => raw.SQLITE_DENY,
            // FTS5 asks this one itself.
            raw.SQLITE_PRAGMA => Says(first, "data_version") ? raw.SQLITE_OK : raw.SQLITE_DENY,
            raw.SQLITE_FUNCTION => Says(second, "load_extension") ? raw.SQLITE_DENY : raw.SQLITE_OK,
            // CREATE, DROP, ALTER, REINDEX and ANALYZE of whatever there is.
            >= raw.SQLITE_CREATE_INDEX and <= raw.SQLITE_CREATE_VIEW or >= raw.SQLITE_DROP_INDEX and <= raw.SQLITE_DROP_VIEW
                or >= raw.SQLITE_ALTER_TABLE and <= raw.SQLITE_DROP_VTABLE => OwnsSchema ? raw.SQLITE_OK : raw.SQLITE_DENY,
            _ => raw.SQLITE_OK,
        };

    private static bool Says(utf8z name, string word) => string.Equals(name.utf8_to_string(), word, StringComparison.OrdinalIgnoreCase);

    private static bool IsData(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        foreach (var word in DataWords)
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private KeptCommand Keep(string text)
    {
        RefuseSecondStatement(text);
        if (_kept.Count == MostKept)
        {
            var (oldest, dropped) = _kept.MinBy(kept => kept.Value.Use);
            dropped.Drop();
            _kept.Remove(oldest);
        }
        return _kept[text] = new() { CommandText = text, Connection = _connection };
    }

    // The driver would run them all. PostgreSQL refuses them, by its protocol.
    private void RefuseSecondStatement(string text)
    {
        if (!text.Contains(';')) return;

        var first = true;
        for (var rest = text; !string.IsNullOrWhiteSpace(rest); first = false)
        {
            SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(Handle, rest, out var statement, out rest), Handle);
            // A comment makes no statement.
            using (statement)
                if (!first && statement is { IsInvalid: false }) throw new InvalidOperationException($"One statement at a time; here is a second: {text}");
        }
    }

    private sealed class KeptCommand : SqliteCommand
    {
        private bool _dropped;

        public long Use { get; set; }

        public void Drop()
        {
            _dropped = true;
            Dispose();
        }

        // Whoever ran it disposes it; it stays prepared for the next.
        protected override void Dispose(bool disposing)
        {
            if (_dropped) base.Dispose(disposing);
        }
    }
}
