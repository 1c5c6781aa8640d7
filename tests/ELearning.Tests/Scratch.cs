using ELearning.Data;
using Xunit;

namespace ELearning;

/// <summary>A platform's and a tenant's database with some tables, and a folder: gone afterwards.</summary>
internal sealed class Scratch : IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly Store _tenant;

    private Scratch(string folder, Engine engine)
    {
        Folder = folder;
        _engine = engine;
        _tenant = engine.Open("scratch");
        Platform = new(engine);
    }

    public static TheoryData<string> Engines => ["sqlite"];

    public string Folder { get; }

    public PlatformDb Platform { get; }

    public Db Open() => new(_tenant);

    public static async Task<Scratch> MakeAsync(string engine, Sql[]? platform = null, Func<Dialect, Sql[]>? tenant = null)
    {
        var folder = Directory.CreateTempSubdirectory("elearning-test").FullName;
        var scratch = new Scratch(folder, new SqliteEngine(folder));
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
        await _engine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A clock in hand.</summary>
internal sealed class HandClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
