using System.Text;
using Npgsql;

namespace ELearning.Data;

/// <summary>
/// PostgreSQL: one database for the installation, in it a schema for the platform and a schema a tenant. The connection
/// string's role needs CREATEROLE and CREATEDB; it makes, migrates and drops. Requests run under roles that own nothing.
/// </summary>
internal sealed class PostgresEngine : Engine
{
    private const string Schema = "platform";

    private readonly PostgresNames _names;
    private readonly PostgresSetup _setup;
    private readonly NpgsqlDataSource _admin;
    private readonly NpgsqlDataSource[] _shared;
    private readonly NpgsqlDataSource _platform;
    private readonly Dictionary<string, SemaphoreSlim> _locks = [];

    /// <param name="folder">Keeps a key when the connection string has no password to derive one from.</param>
    /// <param name="pools">
    /// A back end keeps about a megabyte for each tenant whose tables it has touched, until it ends. So tenants are hashed
    /// onto several small pools, and no connection meets more than its share of them.
    /// </param>
    public PostgresEngine(string connectionString, string installationId, string? folder = null, int pools = 10, int connectionsAPool = 2)
    {
        _names = new(installationId);
        _setup = new(connectionString, _names, folder);
        _admin = _setup.Pool(null, connections: 4);
        _platform = _setup.Pool(_names.Platform, connections: 4);
        Unpooled = _setup.Pool(_names.Platform, connections: 0);
        _shared = [.. Enumerable.Range(0, pools).Select(_ => _setup.Pool(_names.Login, connectionsAPool))];
        Platform = new PostgresStore(this, _platform, _names.Platform, Schema);
    }

    public override string Name => $"PostgreSQL {_setup.Version}".TrimEnd();

    public override Dialect Dialect => Dialect.Postgres;

    internal override Store Platform { get; }

    /// <summary>Connections to the platform that are held for long: locks, and the bus that listens.</summary>
    internal NpgsqlDataSource Unpooled { get; }

    internal string Channel => _names.Channel;

    internal override async Task StartAsync(CancellationToken ct)
    {
        await _setup.CreateDatabaseAsync(ct);
        await using var connection = await _admin.OpenConnectionAsync(ct);
        await _setup.RunAsync(connection, Schema, ct);
    }

    internal override Store Open(string tenantKey) =>
        new PostgresStore(this, PoolOf(tenantKey), _names.RunTime(tenantKey), PostgresNames.Schema(tenantKey));

    internal override Store OpenAsOwner(string tenantKey) =>
        new PostgresStore(this, _admin, _names.Owner(tenantKey), PostgresNames.Schema(tenantKey));

    // Stable over restarts and hosts (FNV-1a), so that figures of one pool mean the same tenants.
    internal NpgsqlDataSource PoolOf(string tenantKey) =>
        _shared[Encoding.UTF8.GetBytes(tenantKey).Aggregate(2166136261u, (hash, next) => unchecked((hash ^ next) * 16777619)) % (uint)_shared.Length];

    internal override async Task CreateAsync(string tenantKey, CancellationToken ct)
    {
        await using var connection = await _admin.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var (owner, runTime) = (_names.Owner(tenantKey), _names.RunTime(tenantKey));
        var (o, r, schema) = (PostgresNames.Quote(owner), PostgresNames.Quote(runTime), PostgresNames.Quote(PostgresNames.Schema(tenantKey)));
        // A role may be left from a database that was dropped by hand.
        var there = await LockedRolesAsync(connection, "create " + tenantKey, [owner, runTime], ct);
        await PostgresSetup.ExecuteAsync(connection, ct,
        [
            .. new[] { owner, runTime }.Except(there).Select(role => $"CREATE ROLE {PostgresNames.Quote(role)} NOLOGIN NOINHERIT"),
            $"GRANT {o}, {r} TO CURRENT_USER",
            $"GRANT {r} TO {PostgresNames.Quote(_names.Login)}",
            $"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {o}",
            $"GRANT USAGE ON SCHEMA {schema} TO {r}",
            $"ALTER DEFAULT PRIVILEGES FOR ROLE {o} IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {r}",
            $"ALTER DEFAULT PRIVILEGES FOR ROLE {o} IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {r}",
        ]);
        await transaction.CommitAsync(ct);
    }

    // Takes every table of the schema, in an order of the server's own, while another host may still read some of them in
    // another order. Whoever the server then chooses gives way; if it is this, it begins again.
    internal override async Task DropAsync(string tenantKey, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                await DropOnceAsync(tenantKey, ct);
                return;
            }
            catch (PostgresException deadlock) when (deadlock.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < 10)
            {
            }
    }

    private async Task DropOnceAsync(string tenantKey, CancellationToken ct)
    {
        await using var connection = await _admin.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var schema = PostgresNames.Schema(tenantKey);
        await PostgresSetup.ExecuteAsync(connection, ct,
            $"DROP SCHEMA IF EXISTS {PostgresNames.Quote(schema)} CASCADE",
            $"DROP SCHEMA IF EXISTS {PostgresNames.Quote(PostgresNames.Copies(schema))} CASCADE");
        foreach (var role in new[] { _names.Owner(tenantKey), _names.RunTime(tenantKey) })
        {
            if (!await PostgresSetup.RoleExistsAsync(connection, role, ct)) continue;
            var name = PostgresNames.Quote(role);
            await PostgresSetup.ExecuteAsync(connection, ct, $"GRANT {name} TO CURRENT_USER", $"DROP OWNED BY {name} CASCADE", $"DROP ROLE {name}");
        }
        await transaction.CommitAsync(ct);
    }

    internal override async Task CopyBeforeAsync(Store owner, IReadOnlyList<string> tables, string step, DateTimeOffset at, CancellationToken ct)
    {
        var store = (PostgresStore)owner;
        await using var connection = await _admin.OpenConnectionAsync(ct);
        await PostgresCopies.MakeAsync(connection, store.Role, store.Schema, tables, step, at, ct);
    }

    internal override async Task SweepCopiesAsync(DateTimeOffset before, CancellationToken ct)
    {
        await using var connection = await _admin.OpenConnectionAsync(ct);
        await PostgresCopies.SweepAsync(connection, before, ct);
    }

    // A connection of its own, outside the pools: who holds a lock may then wait for a pooled connection, and who waits
    // for the lock keeps nobody from one. Callers of this host queue here, so that one connection waits for all of them.
    internal override async ValueTask<IAsyncDisposable> LockAsync(string name, CancellationToken ct)
    {
        SemaphoreSlim gate;
        lock (_locks) gate = _locks.TryGetValue(name, out var known) ? known : _locks[name] = new(1);
        await gate.WaitAsync(ct);
        NpgsqlConnection? connection = null;
        try
        {
            connection = await Unpooled.OpenConnectionAsync(ct);
            await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(hashtextextended($1, 0))", connection)
            {
                Parameters = { new() { Value = name } },
                CommandTimeout = 0,
            };
            await command.ExecuteNonQueryAsync(ct);
            return new Held(connection, gate);
        }
        catch
        {
            if (connection is not null) await connection.DisposeAsync();
            gate.Release();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var pool in _shared) await pool.DisposeAsync();
        await _platform.DisposeAsync();
        await Unpooled.DisposeAsync();
        await _admin.DisposeAsync();
    }

    // Two statements: the roles have to be looked at after the lock is held, not at the moment before.
    private static async Task<List<string>> LockedRolesAsync(NpgsqlConnection connection, string name, string[] roles, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new($"SELECT pg_advisory_xact_lock(hashtextextended({PostgresNames.Literal(name)}, 0))"),
                new("SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1)") { Parameters = { new() { Value = roles } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var there = new List<string>();
        while (await reader.ReadAsync(ct)) there.Add(reader.GetString(0));
        return there;
    }

    private sealed class Held(NpgsqlConnection connection, SemaphoreSlim gate) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await connection.DisposeAsync();
            gate.Release();
        }
    }
}
