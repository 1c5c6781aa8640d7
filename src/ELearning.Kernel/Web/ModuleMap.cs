using System.Reflection;

namespace ELearning.Web;

/// <summary>Tells of a page or view component which feature it belongs to: its module's first, or the one its folder is named after.</summary>
internal sealed class ModuleMap(FeatureCatalog catalog)
{
    private readonly ILookup<string, Feature> _byAssembly = catalog.All.ToLookup(f => f.Source.GetType().Assembly.GetName().Name!);
    private readonly Dictionary<Type, string> _zones = catalog.All.SelectMany(f => f.Declared.Zones).ToDictionary(z => z.Component, z => z.Feature);

    private readonly Dictionary<string, string> _themes = catalog.All.SelectMany(f => f.Declared.Themes).ToDictionary(t => t.Id, t => t.Feature);

    public IEnumerable<Assembly> Assemblies => catalog.All.Select(f => f.Source.GetType().Assembly).Distinct();

    /// <param name="path">As compiled views are named: <c>/ELearning.Hello/Reports/Index.cshtml</c>.</param>
    public string FeatureOfPage(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["Themes", var theme, ..] && _themes.TryGetValue(theme, out var themed)) return themed;

        var features = _byAssembly[parts[0]].ToList();
        if (features.Count == 0) throw new FeatureException($"The page {path} lies in no module of this host.");
        return features.FirstOrDefault(feature => parts.Length > 2 && parts[1] == feature.Id)?.Id ?? First(features).Id;
    }

    public string? FeatureOfComponent(Type component) =>
        _zones.GetValueOrDefault(component) ?? (_byAssembly[component.Assembly.GetName().Name!].ToList() is { Count: > 0 } own ? First(own).Id : null);

    /// <summary>Under whose name the texts of a module's classes are translated: one file a language, beside its first feature; the kernel has its own.</summary>
    public Type TextsOf(Type type) => type.Assembly == typeof(KernelTexts).Assembly ? typeof(KernelTexts) : _byAssembly[type.Assembly.GetName().Name!].ToList() is { Count: > 0 } own ? First(own).Source.GetType() : type;

    // The catalogue is in dependency order; a module's first feature is the one that its others build on.
    private static Feature First(List<Feature> features) => features[0];
}
