using ELearning.Shells;
using ELearning.Web;
using Microsoft.Extensions.Localization;

namespace ELearning;

/// <summary>What the features that a tenant has on have declared, for pages that show it, with its texts in the reader's language.</summary>
public sealed class FeaturesInForce
{
    private readonly IStringLocalizerFactory _texts;
    private readonly Dictionary<string, Type> _textsOf;
    private readonly Dictionary<string, ActInfo> _acts;

    internal FeaturesInForce(FeatureCatalog catalog, ModuleMap modules, Tenant tenant, IStringLocalizerFactory texts)
    {
        var features = catalog.Closure(tenant.Features, tenant.IsPlatform);
        _texts = texts;
        // What was done stays in the trail when a feature has been switched off.
        _acts = catalog.All.SelectMany(feature => feature.Declared.Acts).ToDictionary(act => act.Name);
        _textsOf = catalog.All.ToDictionary(feature => feature.Id, feature => modules.TextsOf(feature.Source.GetType()));
        Permissions = features.SelectMany(feature => feature.Declared.Permissions).ToDictionary(permission => permission.Id);
        Scopes = features.SelectMany(feature => feature.Declared.Scopes).ToDictionary(scope => scope.Kind);
    }

    public IReadOnlyDictionary<string, PermissionInfo> Permissions { get; }

    public IReadOnlyDictionary<string, ScopeInfo> Scopes { get; }

    /// <summary>The names of all acts that have words.</summary>
    public IEnumerable<string> Acts => _acts.Keys;

    /// <summary>An act of the audit trail in words.</summary>
    public string Act(string name) => _acts.TryGetValue(name, out var act) ? Text(act.Feature, act.Text) : name.Replace('-', ' ');

    /// <summary>A text that names numbers, with them.</summary>
    public string Text(string feature, FormattableString text) => string.Format(System.Globalization.CultureInfo.CurrentCulture, Text(feature, text.Format), text.GetArguments());

    public string Text(string feature, string key) => _textsOf.TryGetValue(feature, out var texts) ? _texts.Create(texts)[key] : key;

    public string Text(PermissionInfo permission) => Text(permission.Feature, permission.Text);

    /// <summary>Why a decision is as it is. A thing that it was made about stands with its id: only whoever owns that kind knows its name.</summary>
    public string Text(Rule rule)
    {
        var own = _texts.Create(typeof(KernelTexts));
        var permission = Permissions.Values.FirstOrDefault(known => known.Text == rule.Permission) is { } named ? Text(named) : rule.Permission;
        // A shipped role that a tenant has renamed finds no text, and is called as they call it.
        var roles = string.Join(", ", rule.Role.Split(", ").Select(role => own[role].Value));
        var scope = rule.Scope is { } narrow && narrow != Scope.Tenant ? narrow.ToString() : own["the whole site"].Value;
        return own[rule.Text, permission, roles, scope];
    }
}
