using System.Text.Json;
using ELearning.Blobs;
using ELearning.Data;
using ELearning.Shells;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ELearning.Keeping;

/// <summary>One host with the library for each database, for all tests of keeping.</summary>
public sealed class KeepingHosts : IAsyncLifetime
{
    private readonly Dictionary<string, TestHost> _hosts = [];

    public async Task<TestHost> OfAsync(string database) =>
        _hosts.TryGetValue(database, out var host) ? host
        : _hosts[database] = await TestHost.StartAsync(database, [.. Modules.All, new LibraryFeature()]);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts.Values) await host.DisposeAsync();
    }
}

[CollectionDefinition(nameof(KeepingHosts))]
public sealed class KeepingHostsCollection : ICollectionFixture<KeepingHosts>;

/// <summary>A tenant whose library has rows of every kind.</summary>
[Collection(nameof(KeepingHosts))]
public abstract class KeepingTest(KeepingHosts hosts, string database) : IAsyncLifetime
{
    protected static readonly Guid Ada = Guid.Parse("01900000-0000-7000-8000-00000000000a");
    protected static readonly Guid Bob = Guid.Parse("01900000-0000-7000-8000-00000000000b");

    private protected KeepingHosts Hosts => hosts;

    private protected TestHost Host { get; private set; } = null!; // started before each test

    private protected TestSite Site { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await hosts.OfAsync(database);
        Site = await TestSite.StartAsync(Host, LibraryFeature.Id);
        await FillAsync();
    }

    public async Task DisposeAsync() => await Site.DisposeAsync();

    private protected static string NewName() => $"n{Guid.NewGuid().ToString("N")[..12]}";

    private protected async Task<(MemoryStream File, Exported What)> ExportAsync(
        string? tenant = null, ArchiveKind kind = ArchiveKind.Export, string? passphrase = null, TestHost? host = null)
    {
        var file = new MemoryStream();
        var row = await TenantAsync(tenant ?? Site.Name, host);
        var exported = await (host ?? Host).Services.GetRequiredService<ExportTenant>().RunAsync(row, file, kind, passphrase, null, default);
        file.Position = 0;
        return (file, exported);
    }

    private protected static Task<Imported> ImportAsync(TestHost host, Stream file, string? name = null, string? passphrase = null) =>
        host.Services.GetRequiredService<ImportTenant>().RunAsync(file, name is null ? null : new ImportAs(name, [$"{name}.localhost"]), passphrase, default);

    private protected async Task<Tenant> TenantAsync(string name, TestHost? host = null) =>
        (await (host ?? Host).Services.GetRequiredService<Tenants>().FindAsync(name, default))!;

    private protected static async Task<T> RunAsync<T>(TestHost host, string tenant, Func<IServiceProvider, Task<T>> work)
    {
        await using var lease = await host.Shells.LeaseAsync(tenant, default);
        await using var scope = lease.OpenScope();
        return await work(scope.Services);
    }

    private protected static Task<List<T>> QueryAsync<T>(TestHost host, string tenant, Sql sql) =>
        RunAsync(host, tenant, services => services.GetRequiredService<Db>().ListAsync<T>(sql));

    private protected Task<int> ExecuteAsync(Sql sql) => Site.RunAsync(services => services.GetRequiredService<Db>().ExecuteAsync(sql));

    // The parent has the greater id: rows come in an order in which foreign keys do not hold until the end.
    private async Task FillAsync()
    {
        var (child, parent) = (Guid.Parse("01900000-0000-7000-8000-000000000001"), Guid.Parse("01900000-0000-7000-8000-000000000002"));
        foreach (var (id, name) in new[] { (Ada, "Ada Lovelace"), (Bob, "Bob Éclair 漢字 \U0001F600") })
            await ExecuteAsync($"INSERT INTO people (id, display_name, sort_name) VALUES ({id}, {name}, {name.ToLowerInvariant()})");
        await ExecuteAsync($"INSERT INTO kept_shelves (id, parent, name, color) VALUES ({parent}, {(Guid?)null}, {"Top \"shelf\"\nsecond line"}, {"red"})");
        await ExecuteAsync($"INSERT INTO kept_shelves (id, parent, name) VALUES ({child}, {parent}, {"Low"})");
        Json<JsonElement> facts = JsonDocument.Parse("""{"z":1.50,"a":[1e2,null,true,"\u00e9<b>"],"nested":{"y":-0.0,"b":1e300},"big":12345678901234567890}""").RootElement.Clone();
        await ExecuteAsync($"""
            INSERT INTO kept_books (shelf, number, title, facts, cover, lent_at, printed, is_thin, pages, words, weight)
            VALUES ({child}, {2}, {"Emma"}, {facts}, {new byte[] { 0, 1, 255 }}, {new DateTimeOffset(2026, 2, 3, 4, 5, 6, 789, TimeSpan.FromHours(2)).AddMicroseconds(12)},
                {new DateOnly(1815, 12, 23)}, {true}, {(short)474}, {9_007_199_254_740_993L}, {0.1})
            """);
        Json<int[]> none = Array.Empty<int>();
        await ExecuteAsync($"INSERT INTO kept_books (shelf, number, title, facts, is_thin) VALUES ({child}, {-1}, {""}, {none}, {false})");
        foreach (var (person, name) in new[] { (Ada, "Ada"), (Bob, "Bob") })
        {
            await ExecuteAsync($"INSERT INTO kept_loans (id, person_id, note, name, email_key, at) VALUES ({Guid.CreateVersion7()}, {person}, {"late"}, {name}, {name + "@x.org"}, {DateTimeOffset.UnixEpoch})");
            await ExecuteAsync($"INSERT INTO kept_visits (id, person_id) VALUES ({Guid.CreateVersion7()}, {person})");
            await ExecuteAsync($"INSERT INTO kept_fines (id, person_id, cents) VALUES ({Guid.CreateVersion7()}, {person}, {250L})");
        }
        await ExecuteAsync($"UPDATE kept_words SET books = {7L} WHERE word = {"the"}");
        await Site.RunAsync(async services =>
        {
            var blobs = services.GetRequiredService<BlobStore>();
            using var received = (await blobs.ReceiveAsync(new MemoryStream([1, 2, 3]), 100, default))!;
            Assert.Null(await blobs.KeepAsync(received, new("cover", child), "cover.png", "image/png", long.MaxValue, default));
        });
    }
}
