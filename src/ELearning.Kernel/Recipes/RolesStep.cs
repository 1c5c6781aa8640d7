namespace ELearning.Recipes;

/// <summary>Makes roles, and gives or takes what they may. Permissions that this host does not know are left alone.</summary>
internal sealed class RolesStep(FeatureCatalog catalog, Roles roles) : IRecipeStep, IRecipeWriter
{
    public static readonly Shape Takes = Shape.Record(new Shape.Property("Roles", Shape.List(Shape.Record(
        new("Name", Shape.TextThat(name => string.IsNullOrWhiteSpace(name) || name.Length > 100 ? "write 1 to 100 characters." : null), IsRequired: true),
        new("Description", Shape.Text), new("PermissionBehavior", Shape.OneOf("behavior", Enum.GetNames<Behavior>())),
        new("Permissions", Shape.List(Shape.Permission)))), IsRequired: true));

    private enum Behavior { Replace, Add, Remove }

    public async Task<IReadOnlyList<PlannedChange>> PlanAsync(StepInput step, CancellationToken ct)
    {
        var there = await roles.ListAsync(ct);
        var changes = new List<PlannedChange>();
        foreach (var wanted in step.Read<Input>().Roles)
        {
            var role = Find(there, wanted.Name);
            var after = wanted.PermissionsOf(role, catalog);
            changes.Add(new($"Role {wanted.Name}", role is null ? null : "there", "there"));
            if (wanted.Description is { } description) changes.Add(new($"Role {wanted.Name}: description", role?.Description, description));
            foreach (var permission in after.Union(role?.Permissions ?? []).Union(wanted.Permissions).Order(StringComparer.Ordinal))
                changes.Add(new($"Role {wanted.Name}: {permission}", YesNo(role?.Permissions.Contains(permission) == true), YesNo(after.Contains(permission))));
        }
        return changes;
    }

    public async Task ApplyAsync(StepInput step, CancellationToken ct)
    {
        foreach (var wanted in step.Read<Input>().Roles)
        {
            var role = Find(await roles.ListAsync(ct), wanted.Name);
            var after = wanted.PermissionsOf(role, catalog);
            if (role is not null && (wanted.Description ?? role.Description) == role.Description && after.ToHashSet().SetEquals(role.Permissions)) continue;

            var refusal = role is null
                ? await roles.AddAsync(wanted.Name, wanted.Description ?? "", after, ct) is null ? RoleRefusal.Changed : RoleRefusal.None
                : await roles.SaveAsync(role with { Description = wanted.Description ?? role.Description, Permissions = after }, ct);
            if (refusal != RoleRefusal.None) throw new RecipeException($"The role {wanted.Name} was not changed: {Reason(refusal)}");
        }
    }

    public async Task<IReadOnlyList<object>> WriteAsync(string tenant, CancellationToken ct)
    {
        var written = (await roles.ListAsync(ct)).Select(role => new
        {
            role.Name,
            role.Description,
            PermissionBehavior = Behavior.Replace,
            Permissions = role.Permissions.Where(catalog.Permissions.ContainsKey).ToArray(),
        });
        return [new { Roles = written.ToArray() }];
    }

    private static Role? Find(IReadOnlyList<Role> roles, string name) =>
        roles.FirstOrDefault(role => role.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase));

    private static string Reason(RoleRefusal refusal) => refusal switch
    {
        RoleRefusal.LastAdministrator => $"nobody could give roles any more. Leave {Roles.ManagePermission} to it.",
        RoleRefusal.Changed => "somebody else changed it at the same time. Resume the run.",
        _ => $"{refusal}.",
    };

    private static string YesNo(bool may) => may ? "may" : "may not";

    private sealed record Input(Wanted[] Roles);

    private sealed record Wanted(string Name, string? Description = null, Behavior PermissionBehavior = Behavior.Replace)
    {
        public string[] Permissions { get; init; } = [];

        public IReadOnlyList<string> PermissionsOf(Role? role, FeatureCatalog catalog)
        {
            var now = role?.Permissions ?? [];
            return PermissionBehavior switch
            {
                Behavior.Add => [.. now.Union(Permissions)],
                Behavior.Remove => [.. now.Except(Permissions)],
                _ => [.. now.Where(id => !catalog.Permissions.ContainsKey(id)).Union(Permissions)],
            };
        }
    }
}
