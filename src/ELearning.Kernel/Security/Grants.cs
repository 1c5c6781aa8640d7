using System.Collections.Concurrent;
using ELearning.Data;

namespace ELearning.Security;

/// <summary>
/// What each person's roles are, remembered for as long as the version of permissions stays the same. A version that is
/// read before its roles can only find newer ones, so what is remembered is never older than its version.
/// </summary>
internal sealed class Grants(FeaturesInForce features)
{
    private const int MostPeople = 1000;

    private sealed record Assignment(Guid RoleId, string ScopeKind, Guid ScopeId);

    private sealed record RolePermission(Guid Id, string Name, string? Permission);

    private sealed record Roles(long Version, IReadOnlyDictionary<Guid, (string Name, HashSet<string> Permissions)> ById);

    private readonly ConcurrentDictionary<Guid, (long Version, Grant[] Grants)> _people = new();
    private Roles? _roles;

    // A permission of a feature that is off has no effect, though roles keep it for the day the feature is on again.
    public PermissionInfo? InForce(string permission) => features.Permissions.GetValueOrDefault(permission);

    public ScopeInfo? Scope(string kind) => features.Scopes.GetValueOrDefault(kind);

    public async ValueTask<Grant[]> OfAsync(Db db, Actor actor, CancellationToken ct)
    {
        var person = actor.Person ?? throw new ArgumentException($"A {actor.Kind} has no roles.");
        var version = actor.PermissionVersion ?? await db.FirstAsync<long?>($"SELECT version FROM permission_version WHERE id = 1", ct) ?? 0;
        if (_people.TryGetValue(person, out var known) && known.Version == version) return known.Grants;

        var roles = _roles is { } read && read.Version == version ? read : _roles = await ReadRolesAsync(db, version, ct);
        var assignments = await db.ListAsync<Assignment>($"""
            SELECT role_id, scope_kind, scope_id FROM role_assignments WHERE person_id = {person} ORDER BY scope_kind, scope_id, role_id
            """, ct);
        Grant[] grants =
        [
            .. from assignment in assignments
               where roles.ById.ContainsKey(assignment.RoleId)
               let role = roles.ById[assignment.RoleId]
               select new Grant(assignment.RoleId, role.Name, role.Permissions, new(assignment.ScopeKind, assignment.ScopeId)),
        ];
        if (_people.Count >= MostPeople) _people.Clear();
        _people[person] = (version, grants);
        return grants;
    }

    private static async Task<Roles> ReadRolesAsync(Db db, long version, CancellationToken ct)
    {
        var rows = await db.ListAsync<RolePermission>($"""
            SELECT r.id, r.name, p.permission FROM roles r LEFT JOIN role_permissions p ON p.role_id = r.id ORDER BY r.name_key, p.permission
            """, ct);
        return new(version, rows.GroupBy(row => (row.Id, row.Name)).ToDictionary(
            role => role.Key.Id, role => (role.Key.Name, role.Select(row => row.Permission).OfType<string>().ToHashSet())));
    }
}

/// <summary>A role that somebody has, and where.</summary>
internal sealed record Grant(Guid RoleId, string Role, HashSet<string> Permissions, Scope Scope);
