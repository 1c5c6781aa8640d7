using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Razor.Compilation;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewComponents;

namespace ELearning.Web;

/// <summary>
/// Puts the page's feature, and what its model says about access, on the selector: there it is known before the page is
/// loaded, so that neither the gate nor the start-up check has to load any.
/// </summary>
internal sealed class ModulePages(ModuleMap modules, ApplicationPartManager parts) : IPageRouteModelConvention
{
    private readonly Lazy<Dictionary<string, Type?>> _models = new(() =>
    {
        var views = new ViewsFeature();
        parts.PopulateFeature(views);
        return views.ViewDescriptors.Where(view => view.Item?.Kind == "mvc.1.0.razor-page")
            .ToDictionary(view => view.RelativePath, view => view.Type?.GetProperty("Model")?.PropertyType, StringComparer.OrdinalIgnoreCase);
    });

    public void Apply(PageRouteModel model)
    {
        var type = _models.Value.GetValueOrDefault(model.RelativePath);
        if (type is null || !typeof(PageModel).IsAssignableFrom(type))
            throw new FeatureException($"The page {model.RelativePath} has no model class, so it cannot say who may see it. Give it @model and a PageModel with [Requires], [SignedIn] or [Public].");

        var feature = new FeatureMetadata(modules.FeatureOfPage(model.RelativePath));
        foreach (var selector in model.Selectors)
        {
            selector.EndpointMetadata.Add(feature);
            foreach (var attribute in type.GetCustomAttributes(inherit: true)) selector.EndpointMetadata.Add(attribute);
        }
    }
}

/// <summary>A view component of a feature that is off is not there, as a page would not be.</summary>
internal sealed class GatedComponents(IViewComponentSelector inner, ModuleMap modules) : IViewComponentSelector
{
    public ViewComponentDescriptor? SelectComponent(string componentName)
    {
        var found = inner.SelectComponent(componentName);
        if (found is null || modules.FeatureOfComponent(found.TypeInfo) is not { } feature) return found;
        return Shells.Shell.CurrentOrNone?.Has(feature) == true ? found : null;
    }
}
