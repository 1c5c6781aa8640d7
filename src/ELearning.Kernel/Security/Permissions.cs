using ELearning.Data;
using ELearning.Security;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning;

/// <summary>The only place where it is decided what somebody may.</summary>
public sealed class Permissions
{
    // A chain is as long as kinds lie in each other; whoever is longer goes round in a circle.
    private const int Deepest = 16;

    private readonly Db _db;
    private readonly Grants _grants;
    private readonly IServiceProvider _services;

    internal Permissions(Db db, Grants grants, IServiceProvider services) => (_db, _grants, _services) = (db, grants, services);

    public async ValueTask<Decision> DecideAsync(Actor actor, string permission, Scope scope, CancellationToken ct)
    {
        if (actor.Kind is ActorKind.Platform or ActorKind.Job) return new(true, new("The site itself does this, not a person.", permission));
        if (_grants.InForce(permission) is not { Text: var text }) return new(false, new("No feature that is switched on knows \"{0}\".", permission));
        if (!actor.IsSignedIn) return new(false, new("\"{0}\" needs somebody who has signed in.", text));

        var grants = await _grants.OfAsync(_db, actor, ct);
        var granting = grants.Where(grant => grant.Permissions.Contains(permission)).ToList();
        if (granting.Find(grant => grant.Scope == Scope.Tenant) is { } everywhere) return Allowed(everywhere);

        if (granting.Count > 0)
        {
            Scope? at = scope;
            for (var depth = 0; at is { } here; depth++)
            {
                if (depth == Deepest) throw new InvalidOperationException($"The scopes around {scope} do not end.");
                if (granting.Find(grant => grant.Scope == here) is { } near) return Allowed(near);
                at = Resolver(here.Kind) is { } resolver ? await resolver.ParentAsync(here.Id, ct) : null;
            }
        }

        var roles = string.Join(", ", grants.Select(grant => grant.Role).Distinct());
        return new(false, roles == ""
            ? new("\"{0}\" comes with a role, and this person has none.", text, Scope: scope)
            : new("None of the roles {1} allows \"{0}\" for {2}.", text, roles, scope));

        Decision Allowed(Grant grant) => new(true, new("The role {1}, given for {2}, allows \"{0}\".", text, grant.Role, grant.Scope) { RoleId = grant.RoleId });
    }

    /// <summary>
    /// For lists: a condition that holds for the rows whose <paramref name="column"/> is a <paramref name="kind"/> that the
    /// actor has the permission for, be it by a role for that thing, for what it lies in, or for the whole tenant.
    /// </summary>
    public async ValueTask<Sql> AllowedAsync(Actor actor, string permission, string kind, Sql column, CancellationToken ct)
    {
        if (actor.Kind is ActorKind.Platform or ActorKind.Job) return $"TRUE";
        if (_grants.InForce(permission) is null || actor.Person is not { } person) return $"FALSE";

        var grants = await _grants.OfAsync(_db, actor, ct);
        var granting = grants.Where(grant => grant.Permissions.Contains(permission)).ToList();
        if (granting.Exists(grant => grant.Scope == Scope.Tenant)) return $"TRUE";
        if (granting.Count == 0) return $"FALSE";
        return $"{column} IN ({Ids(person, granting, kind, 0)})";
    }

    private Sql Ids(Guid person, List<Grant> granting, string kind, int depth)
    {
        if (depth == Deepest) throw new InvalidOperationException($"The kinds of scope around {kind} do not end.");
        Sql own = $"""
            SELECT a.scope_id FROM role_assignments a
            WHERE a.person_id = {person} AND a.scope_kind = {kind} AND a.role_id IN {granting.Select(grant => grant.RoleId).Distinct()}
            """;
        return Resolver(kind)?.Wider is { } wider
            ? (Sql)$"{own} UNION {wider.Within(Ids(person, granting, wider.Kind, depth + 1))}"
            : own;
    }

    // None when the feature that owns the kind is off: then nothing but the tenant is wider.
    private IScopeResolver? Resolver(string kind) => _grants.Scope(kind) is { } info ? (IScopeResolver)ActivatorUtilities.CreateInstance(_services, info.Resolver) : null;
}
