using ELearning.Data;
using Xunit;

namespace ELearning;

/// <summary>A platform's and a tenant's database with some tables, and a folder: gone afterwards.</summary>
internal sealed class Scratch : IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly Store _tenant;
    private readonly Installation? _installation;

    private Scratch(string folder, Engine engine, Installation? installation)
    {
        Folder = folder;
        _engine = engine;
        _installation = installation;
        _tenant = engine.Open("scratch");
        Platform = new(engine);
    }

    public static TheoryData<string> Engines => ["sqlite", "postgres"];

    public string Folder { get; }

    public PlatformDb Platform { get; }

    public Db Open() => new(_tenant);

    public static async Task<Scratch> MakeAsync(string engine, Sql[]? platform = null, Func<Dialect, Sql[]>? tenant = null)
    {
        var folder = Directory.CreateTempSubdirectory("elearning-test").FullName;
        var installation = engine == "postgres" ? new Installation() : null;
        if (installation is not null) await installation.InitializeAsync();
        var scratch = new Scratch(folder, installation?.Postgres ?? new SqliteEngine(folder), installation);
        await scratch._engine.StartAsync(default);
        await scratch._engine.CreateAsync("scratch", default);
        await using var owner = scratch._engine.OpenAsOwner("scratch");
        foreach (var statement in platform ?? []) await scratch.Platform.Open().ExecuteAsync(statement);
        foreach (var statement in tenant?.Invoke(scratch._engine.Dialect) ?? []) await new Db(owner).ExecuteAsync(statement);
        return scratch;
    }

    public async ValueTask DisposeAsync()
    {
        await _tenant.DisposeAsync();
        await _engine.DropAsync("scratch", default);
        if (_installation is null) await _engine.DisposeAsync();
        else await _installation.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class Installation : PostgresTest
    {
        public Engine Postgres => Engine;
    }
}

/// <summary>A clock in hand.</summary>
internal sealed class HandClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
