using System.Diagnostics;
using Npgsql;
using Xunit;

namespace ELearning.Data;

/// <summary>An installation of its own on the test cluster, dropped with its roles afterwards.</summary>
public abstract class PostgresTest : IAsyncLifetime
{
    private static readonly string Server = Environment.GetEnvironmentVariable("ELEARNING_TEST_POSTGRES")
        ?? throw new InvalidOperationException("ELEARNING_TEST_POSTGRES is not set: the connection string of a role with CREATEROLE and CREATEDB.");

    private protected string Installation { get; } = Guid.NewGuid().ToString("N")[..8];

    private protected string Database => $"el_test_{Installation}";

    private protected PostgresEngine Engine { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Engine = NewEngine();
        await Engine.StartAsync(default);
        await PrepareAsync();
    }

    protected virtual Task PrepareAsync() => Task.CompletedTask;

    protected virtual Task CleanUpAsync() => Task.CompletedTask;

    /// <summary>In the one pool that all tenants of the test share.</summary>
    protected virtual int Connections => 2;

    public async Task DisposeAsync()
    {
        await CleanUpAsync();
        await Engine.DisposeAsync();
        try
        {
            await RunAsync(Server, $"DROP DATABASE IF EXISTS {Database}");
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            // The server's own vacuum holds it at times. The cluster goes with the run.
            return;
        }
        foreach (var role in await ListAsync("SELECT rolname::text FROM pg_roles WHERE rolname LIKE $1", $"el_{Installation}_%"))
            await RunAsync(Server, $"DROP ROLE \"{role}\"");
    }

    private protected PostgresEngine NewEngine() => new(AdminConnection, Installation, null, pools: 1, Connections);

    private protected string AdminConnection => new NpgsqlConnectionStringBuilder(Server) { Database = Database, Pooling = false }.ConnectionString;

    private protected async Task<T> AdminAsync<T>(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(AdminConnection);
        await connection.OpenAsync();
        await using var command = Command(connection, sql, parameters);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private protected static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync();
    }

    private protected static Task UntilAsync(Func<bool> holds, TimeSpan? within = null) => UntilAsync(() => Task.FromResult(holds()), within);

    private protected static async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? within = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < (within ?? TimeSpan.FromSeconds(10)), "It did not come true in time.");
            await Task.Delay(5);
        }
    }

    private static async Task<List<string>> ListAsync(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync()) rows.Add(reader.GetString(0));
        return rows;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        return command;
    }
}
