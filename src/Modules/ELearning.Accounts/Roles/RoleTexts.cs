using System.Globalization;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Accounts;

/// <summary>Roles, refusals and rules in words.</summary>
internal sealed class RoleTexts(FeaturesInForce features, IStringLocalizer<AccountsFeature> texts, IServiceProvider services)
{
    // The kernel's own texts; a shipped role that a tenant renamed finds none, and shows its name.
    private const string Kernel = "Security";

    public string Name(Role role) => role.Shipped ? features.Text(Kernel, role.Name) : role.Name;

    public string Description(Role role) => role.Shipped ? features.Text(Kernel, role.Description) : role.Description;

    public string Name(string role, bool shipped) => shipped ? features.Text(Kernel, role) : role;

    public string Refusal(RoleRefusal refusal) => refusal switch
    {
        RoleRefusal.Changed => texts["Somebody else changed this role meanwhile. You see it as it is now: look at it, and make your change again."],
        RoleRefusal.NameTaken => texts["There is a role of this name already. Choose another name."],
        RoleRefusal.Shipped => texts["This role comes with the site and stays. You can rename it, or take permissions out of it."],
        RoleRefusal.InUse => texts["People still have this role. Take it from them first, then remove it."],
        RoleRefusal.LastAdministrator => texts["The last administrator stays, or nobody could let anybody in again. Make somebody else an administrator first."],
        _ => "",
    };

    public async Task<string> RuleAsync(Rule rule, CancellationToken ct) => string.Format(
        CultureInfo.CurrentCulture, features.Text(Kernel, rule.Text), PermissionIn(rule), RolesIn(rule), await ScopeAsync(rule.Scope ?? Scope.Tenant, ct));

    public async Task<string> ScopeAsync(Scope scope, CancellationToken ct)
    {
        if (scope == Scope.Tenant) return features.Text(Kernel, "the whole site");
        var kind = Kind(scope.Kind);
        return Resolver(scope.Kind) is { } resolver && await resolver.NameAsync(scope.Id, ct) is { } name ? $"{kind} “{name}”" : $"{kind} {scope.Id}";
    }

    /// <summary>The thing that is meant by its name or id, or why none is.</summary>
    public async Task<(Scope? Scope, string? Problem)> FindScopeAsync(string kind, string? thing, CancellationToken ct)
    {
        if (Resolver(kind) is not { } resolver) return (null, texts["Nothing that is switched on here knows what that is. Choose where once more."]);
        if (Guid.TryParse(thing, out var id)) return (new(kind, id), null);
        if (string.IsNullOrWhiteSpace(thing)) return (null, texts["Say which one, by its name or id, or choose the whole site."]);
        return await resolver.FindAsync(thing.Trim(), 5, ct) switch
        {
            [var only] => (new(kind, only.Id), null),
            [] => (null, texts["Nothing here is called that. Write the beginning of its name, or its id."]),
            var several => (null, texts["Several are called that. Write more of the name: {0}.", string.Join(", ", several.Select(one => one.Name))]),
        };
    }

    public string Kind(string kind) => features.Scopes.TryGetValue(kind, out var info) ? features.Text(info.Feature, kind) : kind;

    public IScopeResolver? Resolver(string kind) =>
        features.Scopes.TryGetValue(kind, out var info) ? (IScopeResolver)ActivatorUtilities.CreateInstance(services, info.Resolver) : null;

    private string RolesIn(Rule rule) => string.Join(", ", rule.Role.Split(", ").Select(role => features.Text(Kernel, role)));

    // A rule carries the English text, which is the key; an id that no feature knows stands as it is.
    private string PermissionIn(Rule rule) =>
        features.Permissions.Values.FirstOrDefault(permission => permission.Text == rule.Permission) is { } found ? features.Text(found) : rule.Permission;
}
