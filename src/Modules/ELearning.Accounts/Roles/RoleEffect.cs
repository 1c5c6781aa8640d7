using ELearning.Data;

namespace ELearning.Accounts;

/// <summary>What a change of a role does to people, told before it is made.</summary>
/// <param name="Gaining">People who may do more afterwards; who has it all by another role already is not among them.</param>
/// <param name="Losing">People who may do less afterwards.</param>
internal sealed record RoleEffect(IReadOnlyList<string> Gained, IReadOnlyList<string> Lost, Counted Gaining, Counted Losing)
{
    public bool IsNothing => Gaining.Number == 0 && Losing.Number == 0;

    public static async Task<RoleEffect> OfAsync(Db db, Role before, IReadOnlyCollection<string> after, CancellationToken ct)
    {
        List<string> gained = [.. after.Except(before.Permissions)], lost = [.. before.Permissions.Except(after)];
        return new(gained, lost, await TouchedAsync(db, before.Id, gained, ct), await TouchedAsync(db, before.Id, lost, ct));
    }

    // Whoever lacks one of the permissions without this role; another role for the whole site would make the change none.
    private static async Task<Counted> TouchedAsync(Db db, Guid role, List<string> permissions, CancellationToken ct)
    {
        if (permissions.Count == 0) return new(0);
        return new(await db.FirstAsync<long?>($"""
            SELECT count(*) FROM (
                SELECT DISTINCT a.person_id FROM role_assignments a
                JOIN people p ON p.id = a.person_id AND p.trashed_at IS NULL
                WHERE a.role_id = {role} AND (
                    SELECT count(DISTINCT other.permission) FROM role_assignments o
                    JOIN role_permissions other ON other.role_id = o.role_id AND other.permission IN {permissions}
                    WHERE o.person_id = a.person_id AND o.role_id <> {role} AND o.scope_kind = {Scope.Tenant.Kind}) < {permissions.Count}
                LIMIT {Counted.Most + 1}) touched
            """, ct) ?? 0);
    }
}

/// <summary>A count that stops where exact numbers no longer help: counting a million rows is not worth anybody's time.</summary>
internal readonly record struct Counted(long Number)
{
    public const int Most = 10_000;

    public bool IsMore => Number > Most;

    public override string ToString() => IsMore ? $"{Most:N0}+" : $"{Number:N0}";
}
