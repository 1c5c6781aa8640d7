using ELearning.Data;
using Xunit;

namespace ELearning;

/// <summary>A platform's and a tenant's database with some tables, and a folder: gone afterwards.</summary>
internal sealed class Scratch : IAsyncDisposable
{
    private readonly string _key = $"t{Guid.NewGuid().ToString("N")[..8]}";
    private readonly Engine _engine;
    private readonly Store _tenant;
    private readonly PostgresInstallation? _own;

    private Scratch(string folder, Engine engine, PostgresInstallation? own)
    {
        Folder = folder;
        _engine = engine;
        _own = own;
        _tenant = engine.Open(_key);
        Platform = new(engine);
    }

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    public string Folder { get; }

    public PlatformDb Platform { get; }

    public Db Open() => new(_tenant);

    /// <param name="shared">An installation for many tests that use no tables of the platform; making one takes a second.</param>
    public static async Task<Scratch> MakeAsync(
        string engine, Sql[]? platform = null, Func<Dialect, Sql[]>? tenant = null, PostgresInstallation? shared = null)
    {
        var folder = Directory.CreateTempSubdirectory("elearning-test").FullName;
        var own = engine == "postgres" && shared is null ? new PostgresInstallation() : null;
        if (own is not null) await own.InitializeAsync();
        var scratch = new Scratch(folder, (own ?? shared)?.Postgres ?? new SqliteEngine(folder), own);
        if (shared is null) await scratch._engine.StartAsync(default);
        await scratch._engine.CreateAsync(scratch._key, default);
        await using var owner = scratch._engine.OpenAsOwner(scratch._key);
        foreach (var statement in platform ?? []) await scratch.Platform.Open().ExecuteAsync(statement);
        foreach (var statement in tenant?.Invoke(scratch._engine.Dialect) ?? []) await new Db(owner).ExecuteAsync(statement);
        return scratch;
    }

    public async ValueTask DisposeAsync()
    {
        await _tenant.DisposeAsync();
        await _engine.DropAsync(_key, default);
        if (_own is not null) await _own.DisposeAsync();
        else if (_engine.Dialect == Dialect.Sqlite) await _engine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>An installation on the test cluster, for all tests of a class.</summary>
public sealed class PostgresInstallation : PostgresTest
{
    internal Engine Postgres => Engine;
}

/// <summary>A clock in hand.</summary>
internal sealed class HandClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    /// <summary>For what waits by a timer of this clock's: the time is over as soon as it begins.</summary>
    public bool TimersFireAtOnce { get; set; }

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, TimersFireAtOnce ? TimeSpan.Zero : dueTime, period);
}
