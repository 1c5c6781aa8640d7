using ELearning.Data;

namespace ELearning.Tests.Data;

/// <summary>An engine on an empty folder, with one tenant, "a".</summary>
internal sealed class SqliteFolder : IAsyncDisposable
{
    private SqliteFolder(SqliteEngine engine) => Engine = engine;

    public SqliteEngine Engine { get; }

    public string Path { get; private init; } = "";

    public Db Db => new(Engine.Open("a"));

    /// <summary>Who may make tables.</summary>
    public Db Owner => new(Engine.OpenAsOwner("a"));

    public static async Task<SqliteFolder> CreateAsync(TimeProvider? time = null)
    {
        var path = Directory.CreateTempSubdirectory("elearning-sqlite-").FullName;
        var folder = new SqliteFolder(new(path, time)) { Path = path };
        await folder.Engine.StartAsync(default);
        await folder.Engine.CreateAsync("a", default);
        return folder;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(Path, recursive: true);
    }
}
