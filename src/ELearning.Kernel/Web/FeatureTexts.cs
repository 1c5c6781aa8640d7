using Microsoft.Extensions.Localization;

namespace ELearning.Web;

/// <summary>Translates what features declare - names, permissions, navigation - by the texts of the module that declared it.</summary>
public sealed class FeatureTexts
{
    private readonly FeatureCatalog _catalog;
    private readonly ModuleMap _modules;
    private readonly IStringLocalizerFactory _texts;

    internal FeatureTexts(FeatureCatalog catalog, ModuleMap modules, IStringLocalizerFactory texts) => (_catalog, _modules, _texts) = (catalog, modules, texts);

    /// <param name="feature">Whose text it is.</param>
    /// <param name="text">The English text, which is the key.</param>
    public string Of(string feature, string text) =>
        _catalog.Find(feature) is { } known ? _texts.Create(_modules.TextsOf(known.Source.GetType()))[text] : text;

    /// <summary>Why a decision is as it is, in the reader's language.</summary>
    public string Say(Rule rule)
    {
        var own = _texts.Create(typeof(KernelTexts));
        var permission = _catalog.Permissions.Values.FirstOrDefault(known => known.Text == rule.Permission) is { } named ? Of(named.Feature, named.Text) : rule.Permission;
        var scope = rule.Scope is null || rule.Scope == Scope.Tenant ? own["the whole site"].Value : rule.Scope.ToString();
        // A shipped role that a tenant has renamed finds no text, and is called as they call it.
        var roles = string.Join(", ", rule.Role.Split(", ").Select(role => own[role].Value));
        return own[rule.Text, permission, roles, scope!]; // a scope has words
    }
}
