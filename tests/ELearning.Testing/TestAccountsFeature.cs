using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ELearning;

/// <summary>Signs in whoever a test names. What real accounts prove by a password is taken for granted.</summary>
internal sealed class TestAccountsFeature : IFeature
{
    public sealed record SignIn(Guid Person, bool Kept = false, string[]? Framing = null);

    public FeatureInfo Info { get; } = new("TestAccounts", "Test accounts", "Tests", "Signs in whoever a test names.");

    public void MapEndpoints(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/test/sign-in", async (SignIn wish, Sessions sessions, HttpContext http, CancellationToken ct) =>
        {
            var kind = wish.Framing is null ? ActorKind.Person : ActorKind.LtiLaunch;
            await sessions.OpenAsync(http, new(wish.Person, wish.Kept) { Kind = kind, Framing = wish.Framing ?? [] }, ct);
            return Results.NoContent();
        }).Public("Whoever signs in is not known before.");
        routes.MapPost("/test/sign-out", async (Sessions sessions, Actor actor, HttpContext http, CancellationToken ct) =>
        {
            await sessions.CloseAsync(http, actor, ct);
            return Results.NoContent();
        }).SignedIn();
        routes.MapGet("/test/who", (Actor actor) => new { Kind = actor.Kind.ToString(), actor.Person, actor.Name, actor.Zone }).Public("Says who one is, nobody included.");
    }
}
