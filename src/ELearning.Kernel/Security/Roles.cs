using ELearning.Data;

namespace ELearning;

/// <summary>A list of permissions under a name.</summary>
/// <param name="Shipped">Made with the tenant; may be renamed and changed, not removed.</param>
public sealed record Role(Guid Id, string Name, string Description, bool Shipped, int Revision, IReadOnlyList<string> Permissions);

/// <summary>Why a change of roles was not made.</summary>
public enum RoleRefusal { None, Changed, NameTaken, Shipped, InUse, LastAdministrator }

/// <summary>Roles and who has them. Every change raises the tenant's version of permissions, and so is in force with its commit.</summary>
public sealed class Roles(Db db, Audit audit)
{
    public const string ManagePermission = "roles.manage";

    public static readonly Guid Administrator = new("00000000-0000-7000-8000-000000000001");
    public static readonly Guid Instructor = new("00000000-0000-7000-8000-000000000002");
    public static readonly Guid Assistant = new("00000000-0000-7000-8000-000000000003");
    public static readonly Guid Author = new("00000000-0000-7000-8000-000000000004");
    public static readonly Guid Manager = new("00000000-0000-7000-8000-000000000005");
    public static readonly Guid Learner = new("00000000-0000-7000-8000-000000000006");

    private sealed record Row(Guid Id, string Name, string Description, bool Shipped, int Revision, string? Permission);

    /// <summary>
    /// Gives Administrator, and the shipped roles that are named with them, the permissions that this tenant has never been
    /// offered, except those given by hand only. What an administrator took away stays away when the feature is switched on
    /// again.
    /// </summary>
    public static async Task GrantNewAsync(Db db, IEnumerable<PermissionInfo> permissions, CancellationToken ct)
    {
        // Asked at each activation, and nearly always nothing is new: a read costs less than a write that changes nothing.
        var known = (await db.ListAsync<string>($"SELECT permission FROM offered_permissions ORDER BY permission", ct)).ToHashSet();
        var byId = permissions.Where(permission => !known.Contains(permission.Id)).ToDictionary(permission => permission.Id);
        if (byId.Count == 0) return;

        await db.TransactAsync(async () =>
        {
            var offered = await db.ListAsync<string>($"""
                INSERT INTO offered_permissions (permission) VALUES {Rows(byId.Keys.Select(id => (Sql)$"({id})"))}
                ON CONFLICT DO NOTHING RETURNING permission
                """, ct);
            var granted = offered.Where(id => !byId[id].ByHand).SelectMany(id => byId[id].Roles.Append(Administrator).Distinct().Select(role => (Role: role, Permission: id))).ToList();
            if (granted.Count == 0) return;

            await db.ExecuteAsync($"""
                INSERT INTO role_permissions (role_id, permission) VALUES {Rows(granted.Select(grant => (Sql)$"({grant.Role}, {grant.Permission})"))}
                ON CONFLICT DO NOTHING
                """, ct);
            await RaiseVersionAsync(db, ct);
        }, ct);
    }

    public async Task<IReadOnlyList<Role>> ListAsync(CancellationToken ct)
    {
        var rows = await db.ListAsync<Row>($"""
            SELECT r.id, r.name, r.description, r.shipped, r.revision, p.permission
            FROM roles r LEFT JOIN role_permissions p ON p.role_id = r.id ORDER BY r.name_key, p.permission
            """, ct);
        return
        [
            .. from role in rows.GroupBy(row => row.Id)
               let first = role.First()
               select new Role(first.Id, first.Name, first.Description, first.Shipped, first.Revision, [.. role.Select(row => row.Permission).OfType<string>()]),
        ];
    }

    /// <returns>Null when there is a role of that name.</returns>
    public Task<Guid?> AddAsync(string name, string description, IReadOnlyCollection<string> permissions, CancellationToken ct) => db.TransactAsync(async () =>
    {
        Guid? id = Guid.CreateVersion7();
        var rows = await db.ExecuteAsync($"""
            INSERT INTO roles (id, name, name_key, description, shipped, revision)
            VALUES ({id}, {name}, {Key(name)}, {description}, {false}, {1}) ON CONFLICT DO NOTHING
            """, ct);
        if (rows == 0) return null;

        await ReplacePermissionsAsync(id.Value, permissions, ct);
        await audit.WriteAsync("role-added", new("role", id.Value), new { name, permissions }, ct);
        return id;
    }, ct);

    /// <summary>Saves name, description and permissions over the revision that was read.</summary>
    public Task<RoleRefusal> SaveAsync(Role role, CancellationToken ct) => db.TransactAsync(async () =>
    {
        // Somebody must be able to give roles back.
        if (role.Id == Administrator && !role.Permissions.Contains(ManagePermission)) return RoleRefusal.LastAdministrator;
        if (await db.FirstAsync<Guid?>($"SELECT id FROM roles WHERE name_key = {Key(role.Name)} AND id <> {role.Id}", ct) is not null) return RoleRefusal.NameTaken;

        var rows = await db.ExecuteAsync($"""
            UPDATE roles SET name = {role.Name}, name_key = {Key(role.Name)}, description = {role.Description}, revision = revision + 1
            WHERE id = {role.Id} AND revision = {role.Revision}
            """, ct);
        if (rows == 0) return RoleRefusal.Changed;

        await ReplacePermissionsAsync(role.Id, role.Permissions, ct);
        await audit.WriteAsync("role-changed", new("role", role.Id), new { role.Name, role.Permissions }, ct);
        return RoleRefusal.None;
    }, ct);

    public Task<RoleRefusal> RemoveAsync(Guid role, CancellationToken ct) => db.TransactAsync(async () =>
    {
        if (await db.FirstAsync<bool?>($"SELECT shipped FROM roles WHERE id = {role}", ct) is not { } shipped) return RoleRefusal.Changed;
        if (shipped) return RoleRefusal.Shipped;

        await RaiseVersionAsync(db, ct);
        if (await db.FirstAsync<Guid?>($"SELECT person_id FROM role_assignments WHERE role_id = {role} LIMIT 1", ct) is not null) return RoleRefusal.InUse;
        await db.ExecuteAsync($"DELETE FROM roles WHERE id = {role}", ct);
        await audit.WriteAsync("role-removed", new("role", role), new { }, ct);
        return RoleRefusal.None;
    }, ct);

    /// <returns>False when the person has it already.</returns>
    public Task<bool> AssignAsync(Guid person, Guid role, Scope scope, CancellationToken ct) => db.TransactAsync(async () =>
    {
        var rows = await db.ExecuteAsync($"""
            INSERT INTO role_assignments (person_id, role_id, scope_kind, scope_id) VALUES ({person}, {role}, {scope.Kind}, {scope.Id})
            ON CONFLICT DO NOTHING
            """, ct);
        if (rows == 0) return false;

        await RaiseVersionAsync(db, ct);
        await audit.WriteAsync("role-assigned", new("person", person), new { role, scope }, ct, about: person);
        return true;
    }, ct);

    /// <summary>Roles for the whole site, many at a time; the trail has them as one act of whoever calls this.</summary>
    public Task AssignAsync(IReadOnlyCollection<(Guid Person, Guid Role)> wanted, CancellationToken ct) => db.TransactAsync(async () =>
    {
        if (wanted.Count == 0) return;
        Sql rows = $"";
        var separator = (Sql)$"";
        foreach (var (person, role) in wanted)
        {
            rows = $"{rows}{separator}({person}, {role}, {Scope.Tenant.Kind}, {Scope.Tenant.Id})";
            separator = $", ";
        }
        if (await db.ExecuteAsync($"INSERT INTO role_assignments (person_id, role_id, scope_kind, scope_id) VALUES {rows} ON CONFLICT DO NOTHING", ct) > 0) await RaiseVersionAsync(db, ct);
    }, ct);

    /// <summary>Takes a role back. The last administrator keeps theirs, or nobody could let anybody in again.</summary>
    public async Task<RoleRefusal> WithdrawAsync(Guid person, Guid role, Scope scope, CancellationToken ct)
    {
        try
        {
            return await db.TransactAsync(async () =>
            {
                var rows = await db.ExecuteAsync($"""
                    DELETE FROM role_assignments
                    WHERE person_id = {person} AND role_id = {role} AND scope_kind = {scope.Kind} AND scope_id = {scope.Id}
                    """, ct);
                if (rows == 0) return RoleRefusal.Changed;

                if (role == Administrator && scope == Scope.Tenant) await KeepAdministratorAsync(ct);
                else await RaiseVersionAsync(db, ct);
                await audit.WriteAsync("role-withdrawn", new("person", person), new { role, scope }, ct, about: person);
                return RoleRefusal.None;
            }, ct);
        }
        catch (LastAdministratorException)
        {
            return RoleRefusal.LastAdministrator;
        }
    }

    /// <summary>To be called, in its transaction, by whatever suspends, trashes or erases a person: fails when nobody is left who administers.</summary>
    /// <exception cref="LastAdministratorException">Undoes the transaction.</exception>
    public async Task KeepAdministratorAsync(CancellationToken ct)
    {
        // The version's row is locked first: two administrators who remove each other at once come here one after the other.
        await RaiseVersionAsync(db, ct);
        var left = await db.FirstAsync<Guid?>($"""
            SELECT a.person_id FROM role_assignments a
            JOIN people p ON p.id = a.person_id AND p.state = 'active' AND p.trashed_at IS NULL
            WHERE a.role_id = {Administrator} AND a.scope_kind = {Scope.Tenant.Kind} LIMIT 1
            """, ct);
        if (left is null) throw new LastAdministratorException();
    }

    private async Task ReplacePermissionsAsync(Guid role, IReadOnlyCollection<string> permissions, CancellationToken ct)
    {
        await db.ExecuteAsync($"DELETE FROM role_permissions WHERE role_id = {role}", ct);
        if (permissions.Count > 0)
            await db.ExecuteAsync($"INSERT INTO role_permissions (role_id, permission) VALUES {Rows(permissions.Distinct().Select(id => (Sql)$"({role}, {id})"))}", ct);
        await RaiseVersionAsync(db, ct);
    }

    private static Task<int> RaiseVersionAsync(Db db, CancellationToken ct) =>
        db.ExecuteAsync($"UPDATE permission_version SET version = version + 1 WHERE id = 1", ct);

    private static Sql Rows(IEnumerable<Sql> rows) => rows.Aggregate((all, row) => $"{all}, {row}");

    private static string Key(string name) => name.Trim().ToLowerInvariant();
}

/// <summary>After this change nobody could administer the site.</summary>
public sealed class LastAdministratorException() : Exception("The last administrator stays: make somebody else one first.");
