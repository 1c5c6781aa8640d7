using ELearning.Shells;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ELearning.Web;

/// <summary>The zones of the layout itself. Others are named by the pages that have them.</summary>
public static class Zones
{
    /// <summary>Above what a page says, on every page of somebody who is signed in: what they must not overlook.</summary>
    public const string PageTop = "page.top";

    /// <summary>Beside the search box.</summary>
    public const string Bar = "bar";
}

/// <summary>
/// <c>&lt;zone name="person.overview" args="new { person = Model.Id }" /&gt;</c>: what features that are on have put there by
/// <c>f.Zone</c>, in their order.
/// </summary>
[HtmlTargetElement("zone", TagStructure = TagStructure.WithoutEndTag)]
public sealed class ZoneTagHelper(IViewComponentHelper components) : TagHelper
{
    public required string Name { get; set; }

    /// <summary>What the components are told, by the names of their parameters.</summary>
    public object? Args { get; set; }

    [HtmlAttributeNotBound, ViewContext]
    public required ViewContext ViewContext { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = null;
        if (Shell.Current.Zone(Name) is not { Count: > 0 } items) return;

        ((IViewContextAware)components).Contextualize(ViewContext);
        foreach (var item in items) output.Content.AppendHtml(await components.InvokeAsync(item.Component, Args));
    }
}
