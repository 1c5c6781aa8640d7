using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ELearning.Accounts;

/// <summary><c>&lt;done text="..." /&gt;</c>: what has just been done, said once, to screen readers too; nothing when there is nothing to say.</summary>
[HtmlTargetElement("done")]
public sealed class DoneTagHelper : TagHelper
{
    public string? Text { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (string.IsNullOrEmpty(Text))
        {
            output.SuppressOutput();
            return;
        }
        output.TagName = "p";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "note good");
        output.Attributes.SetAttribute("role", "status");
        output.Content.Append(Text);
    }
}
