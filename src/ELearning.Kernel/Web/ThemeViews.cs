using ELearning.Shells;
using ELearning.Themes;
using Microsoft.AspNetCore.Mvc.Razor;

namespace ELearning.Web;

/// <summary>
/// Looks for a layout or partial in the tenant's theme, then in those that it is based on, then where the module has it.
/// The theme is part of the cache's key, so one cache serves all tenants.
/// </summary>
internal sealed class ThemeViews(FeatureCatalog catalog) : IViewLocationExpander
{
    private readonly Dictionary<string, ThemeInfo> _themes = catalog.All.SelectMany(f => f.Declared.Themes).ToDictionary(t => t.Id);

    public void PopulateValues(ViewLocationExpanderContext context) =>
        context.Values["theme"] = context.ActionContext.HttpContext.Features.Get<Look>()?.Theme ?? Shell.Current.Tenant.Theme;

    public IEnumerable<string> ExpandViewLocations(ViewLocationExpanderContext context, IEnumerable<string> viewLocations)
    {
        var module = context.PageName?.Split('/', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        for (var theme = context.Values["theme"]; theme is not null; theme = _themes.GetValueOrDefault(theme)?.BasedOn)
        {
            if (module is not null) yield return $"/Themes/{theme}/{module}/{{0}}.cshtml";
            yield return $"/Themes/{theme}/{{0}}.cshtml";
        }
        foreach (var location in viewLocations) yield return location;
    }
}
