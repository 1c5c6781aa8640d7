using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>
/// What somebody may hand out. Never upwards: who gives a role, or changes one, must have everything in it, for the whole
/// site. An administrator may give anything, also what is given by hand only and nobody has yet: above them is nobody.
/// </summary>
internal sealed record Reach(bool IsAdministrator, IReadOnlySet<string> Permissions)
{
    private sealed record Row(Guid RoleId, string? Permission);

    public static async Task<Reach> OfAsync(Db db, Guid person, CancellationToken ct)
    {
        var rows = await db.ListAsync<Row>($"""
            SELECT a.role_id, p.permission FROM role_assignments a
            LEFT JOIN role_permissions p ON p.role_id = a.role_id
            WHERE a.person_id = {person} AND a.scope_kind = {Scope.Tenant.Kind} ORDER BY a.role_id, p.permission
            """, ct);
        return new(rows.Exists(row => row.RoleId == ELearning.Roles.Administrator), rows.Select(row => row.Permission).OfType<string>().ToHashSet());
    }

    public bool Covers(IEnumerable<string> permissions) => IsAdministrator || permissions.All(Permissions.Contains);

    public bool Covers(Role role) => IsAdministrator || role.Id != ELearning.Roles.Administrator && Covers(role.Permissions);

    /// <summary>Whether somebody with that reach may do nothing that this one may not.</summary>
    public bool Covers(Reach other) => IsAdministrator || !other.IsAdministrator && Covers(other.Permissions);
}
