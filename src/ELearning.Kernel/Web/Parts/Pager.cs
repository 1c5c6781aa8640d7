using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace ELearning.Web;

/// <summary>
/// <c>&lt;pager first="..." next="..." /&gt;</c>: lists go on from the last row that was shown, so there is a next page and the
/// first one, and no numbers. Nothing at all where everything is on one page.
/// </summary>
[HtmlTargetElement("pager", TagStructure = TagStructure.WithoutEndTag)]
public sealed class PagerTagHelper(IStringLocalizer<KernelTexts> texts) : TagHelper
{
    /// <summary>Null on the first page.</summary>
    public string? First { get; set; }

    /// <summary>Null on the last page.</summary>
    public string? Next { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (First is null && Next is null)
        {
            output.SuppressOutput();
            return;
        }

        output.TagName = "nav";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "pager");
        output.Attributes.SetAttribute("aria-label", texts["Pages"]);
        if (First is not null) output.Content.AppendHtml(Link(First, "first", texts["First page"]));
        if (Next is not null) output.Content.AppendHtml(Link(Next, "next", texts["Next page"]));
    }

    private static TagBuilder Link(string url, string rel, string text)
    {
        var link = new TagBuilder("a") { Attributes = { ["class"] = "button", ["href"] = url, ["rel"] = rel } };
        link.InnerHtml.Append(text);
        return link;
    }
}
