using ELearning.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ELearning.Security;

/// <summary>Shelves in rooms, and who may do what with them: a chain of scopes for the tests.</summary>
internal sealed class LibraryFeature : IFeature
{
    public const string Tidy = "library.tidy";
    public const string Burn = "library.burn";

    public FeatureInfo Info { get; } = new("SecurityLibrary", "Library", "Tests", "Shelves in rooms.");

    public void Declare(FeatureBuilder f) => f
        .Permission(Tidy, "Library", "Tidy a shelf")
        .Permission(Burn, "Library", "Burn a shelf", byHand: true)
        .Scope<ShelfScope>("shelf")
        .Scope<RoomScope>("room")
        .Table("test_shelves", export: 10)
        .Schema($"CREATE TABLE test_shelves (id UUID PRIMARY KEY, room_id UUID NOT NULL)");

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/test/library", () => "open").SignedIn();
        routes.MapPost("/test/library/dust", () => Results.NoContent()).Public("Dust is everybody's.");
        routes.MapPost("/test/library/launch", () => Results.NoContent()).Public("A message proves who sent it.").AllowsCrossSite("Posted by a learning platform; the message is signed.");
        routes.MapPut("/test/library/shelves/{id:guid}", (Guid id) => Results.NoContent()).Requires(Tidy, "shelf:id");
        routes.MapGet("/test/library/catalogue", async (Permissions permissions, Actor actor, Db db, CancellationToken ct) =>
            await db.ListAsync<Guid>($"SELECT s.id FROM test_shelves s WHERE {await permissions.AllowedAsync(actor, Tidy, "shelf", $"s.id", ct)} ORDER BY s.id LIMIT 100", ct)).SignedIn();
    }
}

internal sealed class ShelfScope(Db db) : IScopeResolver
{
    public WiderScope? Wider { get; } = new("room", rooms => $"SELECT t.id FROM test_shelves t WHERE t.room_id IN ({rooms})");

    public async Task<Scope?> ParentAsync(Guid id, CancellationToken ct) =>
        await db.FirstAsync<Guid?>($"SELECT room_id FROM test_shelves WHERE id = {id}", ct) is { } room ? new Scope("room", room) : null;
}

internal sealed class RoomScope : IScopeResolver
{
    public Task<Scope?> ParentAsync(Guid id, CancellationToken ct) => Task.FromResult<Scope?>(null);
}
