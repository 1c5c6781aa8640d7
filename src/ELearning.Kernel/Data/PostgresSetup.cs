using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace ELearning.Data;

/// <summary>What the host makes for itself on a PostgreSQL server: its database, the roles that it logs in with, the platform's schema.</summary>
internal sealed class PostgresSetup(string connectionString, PostgresNames names, string? folder)
{
    private readonly NpgsqlConnectionStringBuilder _given = new(connectionString);
    private byte[]? _key;

    public string Version { get; private set; } = "";

    /// <param name="role">Null: the role that the administrator gave.</param>
    /// <param name="connections">At most so many; 0: not pooled.</param>
    public NpgsqlDataSource Pool(string? role, int connections)
    {
        var pool = new NpgsqlDataSourceBuilder();
        // Our types are built in; reading pg_type with thousands of tables in it takes long, once a pool.
        pool.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        pool.ConnectionStringBuilder.ConnectionString = Connection(role, connections).ConnectionString;
        return pool.Build();
    }

    public async Task CreateDatabaseAsync(CancellationToken ct)
    {
        var maintenance = new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(maintenance.ConnectionString);
        await connection.OpenAsync(ct);
        await ExecuteAsync(connection, ct, $"SELECT pg_advisory_lock(hashtextextended({PostgresNames.Literal("elearning " + Database)}, 0))");
        await using var exists = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = Database } } };
        if (await exists.ExecuteScalarAsync(ct) is null)
            await ExecuteAsync(connection, ct, $"CREATE DATABASE {PostgresNames.Quote(Database)} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
    }

    /// <summary>Idempotent, and one host at a time. All of it or nothing.</summary>
    public async Task RunAsync(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        await CheckAsync(connection, ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, ct, "SELECT pg_advisory_xact_lock(hashtextextended('elearning setup', 0))");
        foreach (var role in new[] { names.Login, names.Platform })
        {
            if (!await RoleExistsAsync(connection, role, ct)) await ExecuteAsync(connection, ct, $"CREATE ROLE {PostgresNames.Quote(role)} NOINHERIT");
            await ExecuteAsync(connection, ct, $"ALTER ROLE {PostgresNames.Quote(role)} LOGIN NOINHERIT PASSWORD {PostgresNames.Literal(Verifier(Password(role)))}");
        }

        var (database, login, platform) = (PostgresNames.Quote(Database), PostgresNames.Quote(names.Login), PostgresNames.Quote(names.Platform));
        await ExecuteAsync(connection, ct,
            $"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            $"GRANT CONNECT ON DATABASE {database} TO {login}, {platform}",
            // Extensions live in public: whoever has a schema may use them and add nothing.
            "REVOKE ALL ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO PUBLIC",
            // Refuses DO blocks, where the administrator's role is a superuser; for another it is only a warning.
            "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
            $"GRANT {platform} TO CURRENT_USER",
            $"CREATE SCHEMA IF NOT EXISTS {PostgresNames.Quote(schema)} AUTHORIZATION {platform}");
        foreach (var extension in await ExtensionsAsync(connection, ct))
            await ExecuteAsync(connection, ct, $"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public");
        await transaction.CommitAsync(ct);
    }

    public static async Task<bool> RoleExistsAsync(NpgsqlConnection connection, string role, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT 1 FROM pg_roles WHERE rolname = $1", connection) { Parameters = { new() { Value = role } } };
        return await command.ExecuteScalarAsync(ct) is not null;
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, CancellationToken ct, params string[] statements)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(new(statement));
        await batch.ExecuteNonQueryAsync(ct);
    }

    private string Database => _given.Database ?? "elearning";

    private NpgsqlConnectionStringBuilder Connection(string? role, int connections)
    {
        var connection = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Database = Database,
            ApplicationName = "elearning",
            // Statements prepared for one tenant would be analysed again at the next, and break while it is upgraded.
            MaxAutoPrepare = 0,
            // Without it an error in a batch does not say whose it is.
            IncludeFailedBatchedCommand = true,
            Pooling = connections > 0,
            MaxPoolSize = Math.Max(1, connections),
            ConnectionIdleLifetime = 60,
            ConnectionLifetime = 900,
            KeepAlive = 30,
        };
        if (role is null)
        {
            // Migrations of large tables.
            connection.CommandTimeout = 0;
            return connection;
        }
        connection.Username = role;
        connection.Password = Password(role);
        return connection;
    }

    private async Task CheckAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        Version = connection.PostgreSqlVersion.ToString();
        if (connection.PostgreSqlVersion.Major < 15)
            throw new InvalidOperationException($"This is PostgreSQL {Version}; version 15 or later is needed.");

        await using var command = new NpgsqlCommand(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype, datlocprovider::text FROM pg_database WHERE datname = current_database()", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var (encoding, collation, characters, provider) = (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
        if ((encoding, collation, characters, provider) != ("UTF8", "C", "C", "c"))
            throw new InvalidOperationException(
                $"Database \"{Database}\" has encoding {encoding}, collation {collation}, character type {characters}{(provider == "c" ? "" : $", locale provider {provider}")}; "
                + "UTF8 and C are needed, so that text sorts as it does on SQLite. Name a database that does not exist yet: it will be made as needed; bring tenants over by export and import.");
    }

    // Only those that this role may install: an error here would undo all of the set-up.
    private static async Task<List<string>> ExtensionsAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT DISTINCT v.name::text FROM pg_available_extension_versions v JOIN pg_roles r ON r.rolname = current_user
            WHERE v.name IN ('pg_trgm', 'unaccent') AND (v.trusted OR r.rolsuper)
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var extensions = new List<string>();
        while (await reader.ReadAsync(ct)) extensions.Add(reader.GetString(0));
        return extensions;
    }

    // All hosts have the same connection string, so all derive the same password and none has to be handed around; one
    // that knows the administrator's password could set any. It is slow on purpose: a leaked one must not be a way to
    // guess the administrator's. Without a password in the string (peer, certificate, .pgpass) a file is the secret,
    // which hosts have to share.
    private string Password(string role)
    {
        _key ??= Rfc2898DeriveBytes.Pbkdf2(_given.Password ?? Secret(), Encoding.UTF8.GetBytes(names.Channel), 200_000, HashAlgorithmName.SHA256, 32);
        return Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(role)));
    }

    private string Secret()
    {
        if (folder is null) throw new InvalidOperationException("The PostgreSQL connection string has no password, and there is no data folder to keep a secret in.");

        var file = Path.Combine(folder, "postgres.secret");
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(folder);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            // Two hosts may start at once: whose file is moved first is right, and nobody reads half of one.
            var mine = $"{file}.{Guid.NewGuid():N}";
            using (var writer = new StreamWriter(mine, options)) writer.Write(RandomNumberGenerator.GetHexString(64));
            try
            {
                File.Move(mine, file, overwrite: false);
            }
            catch (IOException) when (File.Exists(file))
            {
                File.Delete(mine);
            }
        }
        return File.ReadAllText(file);
    }

    // What the server keeps of a password (RFC 5803): sent instead of it, so that the password is in no server log.
    private static string Verifier(string password)
    {
        const int rounds = 4096;
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${rounds}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
