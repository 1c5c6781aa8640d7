using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>Modules that only tests have, on every shared host beside the real ones.</summary>
public static class TestFeatures
{
    public static readonly IFeature[] All =
    [
        new Slow(), new Notes(), new NotesMore(), new NotesRival(), new NotesTogether(), new BrokenMigration(), new BrokenServices(),
        new NotesFeature(), new WallsFeature(), new TestAccountsFeature(), new Security.LibraryFeature(), new DeskFeature(),
    ];

    /// <summary>A request that takes as long as the test wants, to be in flight while something is switched.</summary>
    private sealed class Slow : IFeature
    {
        public FeatureInfo Info { get; } = new("TestSlow", "Slow", "Test", "Answers when it is told to.");

        public void AddServices(IServiceCollection services) => services.AddSingleton<Alive>();

        public void MapEndpoints(IEndpointRouteBuilder routes)
        {
            routes = routes.MapGroup("").Public("For the tests.");
            routes.MapGet("/test/slow", async (int ms, Alive alive, Shells.Tenant tenant, CancellationToken ct) =>
            {
                await Task.Delay(ms, ct);
                return $"{tenant.Version} {(alive.IsDisposed ? "disposed" : "alive")}";
            });
            routes.MapGet("/test/version", (Shells.Tenant tenant) => tenant.Version);
        }
    }

    public sealed class Alive : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    /// <summary>Three migrations and a few addresses.</summary>
    private sealed class Notes : IFeature
    {
        public FeatureInfo Info { get; } = new("TestNotes", "Notes", "Test", "Rows to write and read.");

        public void Declare(FeatureBuilder f) => f
            .Permission("test.notes", "Test", "Read notes")
            .Table("test_notes", export: 90)
            .Schema(
                $"CREATE TABLE test_notes (id UUID PRIMARY KEY, text TEXT NOT NULL)",
                $"ALTER TABLE test_notes ADD COLUMN at TIMESTAMPTZ",
                $"CREATE INDEX test_notes_by_time ON test_notes (at)");

        public void MapEndpoints(IEndpointRouteBuilder routes)
        {
            routes = routes.MapGroup("").Public("For the tests.");
            routes.MapGet("/test/notes", async (Db db, CancellationToken ct) => await db.ListAsync<string>($"SELECT text FROM test_notes ORDER BY id LIMIT 100", ct)).WithName("test-notes");
            routes.MapPut("/test/notes/{id:guid}", async (Guid id, string text, Db db, CancellationToken ct) =>
                await db.ExecuteAsync($"INSERT INTO test_notes (id, text) VALUES ({id}, {text}) ON CONFLICT DO NOTHING", ct));
            routes.MapGet("/test/notes/link", (LinkGenerator links, HttpContext http) => links.GetPathByName(http, "test-more", null) ?? "no link");
        }
    }

    private sealed class NotesMore : IFeature
    {
        public FeatureInfo Info { get; } = new("TestNotesMore", "More notes", "Test", "Needs notes.") { DependsOn = ["TestNotes"] };

        public void MapEndpoints(IEndpointRouteBuilder routes)
        {
            routes = routes.MapGroup("").Public("For the tests.");
            routes.MapGet("/test/more", () => "more").WithName("test-more");
            // The same path as an endpoint of Notes, by another verb: the gate must tell them apart.
            routes.MapDelete("/test/notes", () => "deleted");
        }
    }

    private sealed class NotesRival : IFeature
    {
        public FeatureInfo Info { get; } = new("TestNotesRival", "Other notes", "Test", "Does not go with notes.") { ConflictsWith = ["TestNotes"] };
    }

    private sealed class NotesTogether : IFeature
    {
        public FeatureInfo Info { get; } = new("TestNotesTogether", "Notes with greetings", "Test", "An integration.") { OnWhenAll = ["TestNotes", "TestSlow"] };

        public void MapEndpoints(IEndpointRouteBuilder routes) => routes.MapGet("/test/together", () => "together").Public("For the tests.");
    }

    private sealed class BrokenMigration : IFeature
    {
        public FeatureInfo Info { get; } = new("TestBrokenMigration", "Broken migration", "Test", "Its second statement cannot run.");

        public void Declare(FeatureBuilder f) => f
            .Table("test_broken", export: 91)
            .Schema($"CREATE TABLE test_broken (id UUID PRIMARY KEY)", $"INSERT INTO test_broken (nothing) VALUES (1)");
    }

    private sealed class BrokenServices : IFeature
    {
        public FeatureInfo Info { get; } = new("TestBrokenServices", "Broken services", "Test", "Cannot be put together.");

        // Once while the routes are mapped for all tenants; a tenant's own container is what must fail.
        public void AddServices(IServiceCollection services)
        {
            if (services.Any(d => d.ServiceType == typeof(Shells.Tenant) && d.ImplementationInstance is not null)) throw new InvalidOperationException("The module is broken on purpose.");
        }
    }
}
