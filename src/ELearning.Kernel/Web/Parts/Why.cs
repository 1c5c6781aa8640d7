using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace ELearning.Web;

/// <summary><c>&lt;why about="Publish"&gt;The rule in a sentence.&lt;/why&gt;</c>: the reason beside the rule, behind a question mark. Opens without any script.</summary>
[HtmlTargetElement("why")]
public sealed class WhyTagHelper(IStringLocalizer<KernelTexts> texts) : TagHelper
{
    /// <summary>What is explained, for those who hear the button and do not see what it stands beside.</summary>
    public string? About { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var id = $"why-{context.UniqueId}";
        var button = new TagBuilder("button") { Attributes = { ["type"] = "button", ["class"] = "why", ["popovertarget"] = id, ["aria-label"] = About is null ? texts["Why?"] : texts["Why? {0}", About] } };
        button.InnerHtml.Append("?");
        var reason = new TagBuilder("span") { Attributes = { ["class"] = "popover", ["id"] = id, ["popover"] = "" } };
        reason.InnerHtml.AppendHtml(await output.GetChildContentAsync());

        output.TagName = null;
        output.Content.AppendHtml(button).AppendHtml(reason);
    }
}
