using ELearning.Data;

namespace ELearning.Tests.Keeping;

/// <summary>An engine with no tenants, of the test's own.</summary>
internal sealed class EmptyDatabases : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keeping").FullName;

    private EmptyDatabases() => Engine = new SqliteEngine(_folder);

    public Engine Engine { get; }

    public static async Task<EmptyDatabases> StartAsync()
    {
        var databases = new EmptyDatabases();
        await databases.Engine.StartAsync(default);
        return databases;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
