using ELearning.Data;
using Npgsql;

namespace ELearning.Keeping;

/// <summary>An installation without tenants, of the test's own, on either engine. Gone afterwards, with its roles.</summary>
internal sealed class EmptyDatabases : IAsyncDisposable
{
    private readonly string _installation = Guid.NewGuid().ToString("N")[..8];
    private readonly string? _server;

    private EmptyDatabases(string engine)
    {
        Folder = Directory.CreateTempSubdirectory("keeping").FullName;
        if (engine == "sqlite")
        {
            Engine = new SqliteEngine(Folder);
            return;
        }
        _server = Environment.GetEnvironmentVariable("ELEARNING_TEST_POSTGRES") ?? throw new InvalidOperationException("ELEARNING_TEST_POSTGRES is not set.");
        Engine = new PostgresEngine(new NpgsqlConnectionStringBuilder(_server) { Database = Database, Pooling = false }.ConnectionString, _installation, Folder, pools: 1);
    }

    public Engine Engine { get; }

    public string Folder { get; }

    private string Database => $"el_keep_{_installation}";

    public static async Task<EmptyDatabases> StartAsync(string engine)
    {
        var databases = new EmptyDatabases(engine);
        await databases.Engine.StartAsync(default);
        return databases;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        if (_server is null) return;

        await using var connection = new NpgsqlConnection(_server);
        await connection.OpenAsync();
        try
        {
            await ExecuteAsync(connection, $"DROP DATABASE IF EXISTS {Database}");
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            // The server's own vacuum holds it at times. The cluster goes with the run.
            return;
        }
        await using var roles = new NpgsqlCommand("SELECT coalesce(string_agg(quote_ident(rolname), ', '), '') FROM pg_roles WHERE rolname LIKE $1", connection)
        {
            Parameters = { new() { Value = $"el_{_installation}_%" } },
        };
        if (await roles.ExecuteScalarAsync() is string { Length: > 0 } names) await ExecuteAsync(connection, $"DROP ROLE {names}");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
