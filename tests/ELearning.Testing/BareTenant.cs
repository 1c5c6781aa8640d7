using ELearning.Data;
using ELearning.Security;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ELearning;

/// <summary>One tenant's databases and services without a host around them: its work is done when the test says so.</summary>
internal sealed class BareTenant : IAsyncDisposable
{
    private readonly IFeature[] _features;
    private readonly Store _store;
    private readonly TimeProvider _time;
    private Shell? _shell;

    private BareTenant(Engine engine, IFeature[] features, string key, TimeProvider time)
    {
        (Engine, _features, _time) = (engine, features, time);
        Catalog = new(KernelFeatures.All.Concat(features));
        Platform = new(engine);
        Tenant = new(Guid.NewGuid(), "school", key, "School", TenantState.Running, null, [], null, [], "", "Europe/Berlin", "en", 1, 1);
        _store = engine.Open(key);
    }

    public Engine Engine { get; }

    public FeatureCatalog Catalog { get; }

    public PlatformDb Platform { get; }

    public Tenant Tenant { get; private set; }

    public Nudges Nudges { get; } = new();

    /// <summary>Makes what is missing, so that a second process can come to the same databases.</summary>
    public static async Task<BareTenant> StartAsync(Engine engine, IFeature[] features, TimeProvider? time = null, string key = "school_1")
    {
        await engine.StartAsync(default);
        TestHost.Seen.Listen(engine);
        var tenant = new BareTenant(engine, features, key, time ?? TimeProvider.System);
        var migrator = new Migrator(engine, TimeProvider.System);
        await migrator.MigratePlatformAsync(default);
        await engine.CreateAsync(key, default);
        var schemas = tenant.Catalog.All.Select(feature => feature.Schema).ToList();
        await migrator.MigrateAsync(key, schemas, schemas.Select(schema => schema.Feature).ToHashSet(), default);
        await tenant.UseAsync([.. features.Select(feature => feature.Info.Id)]);
        return tenant;
    }

    /// <summary>A new shell with these features on.</summary>
    public async Task UseAsync(params string[] features)
    {
        Tenant = Tenant with { Features = features };
        if (_shell is not null) await _shell.ReleaseAsync();
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton(Engine).AddSingleton(Catalog).AddSingleton(Platform).AddSingleton(Tenant).AddSingleton(Nudges)
            .AddSingleton(_time).AddSingleton<Wakeups>().AddSingleton<UnsealedActs>().AddScoped(_ => new Db(_store));
        var inForce = Catalog.Closure(features);
        foreach (var feature in inForce) feature.Source.AddServices(services);
        _shell = new(Tenant, inForce, services.BuildServiceProvider());
        await Drain.FollowFeaturesAsync(Open, default);
    }

    public ShellScope Open() => new(_shell ?? throw new InvalidOperationException("Not started."));

    public async Task<T> DoAsync<TService, T>(Func<TService, Task<T>> act) where TService : notnull
    {
        await using var scope = Open();
        return await act(scope.Services.GetRequiredService<TService>());
    }

    public Task DoAsync<TService>(Func<TService, Task> act) where TService : notnull => DoAsync<TService, bool>(async service =>
    {
        await act(service);
        return true;
    });

    public async ValueTask DisposeAsync()
    {
        if (_shell is not null) await _shell.ReleaseAsync();
        await _store.DisposeAsync();
        await Engine.DisposeAsync();
    }
}

/// <summary>An engine on nothing, of either kind, and everything of it dropped afterwards.</summary>
internal sealed class EmptyEngine : IAsyncDisposable
{
    private readonly string _installation = $"elt{Guid.NewGuid().ToString("N")[..9]}";
    private readonly string _folder = Directory.CreateTempSubdirectory("elearning-test-").FullName;

    public static EmptyEngine Make() => new();

    /// <summary>Opens it once more, as another host would: <c>sqlite:folder</c>, <c>postgres:installation</c>.</summary>
    public static Engine Open(string address) => address.Split(':', 2) switch
    {
        ["sqlite", var folder] => new SqliteEngine(folder),
        ["postgres", var installation] => new PostgresEngine(ConnectionTo(installation), installation, null, 2, 4),
        _ => throw new ArgumentException(address),
    };

    private static string ConnectionTo(string installation) =>
        new NpgsqlConnectionStringBuilder(Server) { Database = installation, Pooling = false }.ConnectionString;

    private static string Server => Environment.GetEnvironmentVariable("ELEARNING_TEST_POSTGRES")
        ?? throw new InvalidOperationException("ELEARNING_TEST_POSTGRES is not set: the connection string of a role with CREATEROLE and CREATEDB.");

    public string Folder => _folder;

    public string Connection => ConnectionTo(_installation);

    public string Address(string engine) => engine == "sqlite" ? $"sqlite:{_folder}" : $"postgres:{_installation}";

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        if (Environment.GetEnvironmentVariable("ELEARNING_TEST_POSTGRES") is null) return;
        await using var source = NpgsqlDataSource.Create(Server);
        try
        {
            await RunAsync(source, $"DROP DATABASE IF EXISTS {_installation}");
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse)
        {
            // The server's own vacuum holds it at times, and only a superuser could send it away. The cluster goes with the run.
            return;
        }
        var roles = new List<string>();
        await using (var command = source.CreateCommand($"SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'el_{_installation}_%'"))
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) roles.Add(reader.GetString(0));
        foreach (var role in roles) await RunAsync(source, $"DROP ROLE \"{role}\"");
    }

    private static async Task RunAsync(NpgsqlDataSource source, string sql)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = source.CreateCommand(sql);
                await command.ExecuteNonQueryAsync();
                return;
            }
            catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.ObjectInUse && attempt < 4)
            {
                // The server waits five seconds for back ends that were told to go; on a busy machine they need longer.
            }
        }
    }
}
