using System.Globalization;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ELearning.Web;

/// <summary><c>&lt;avatar name="Ada Okafor" picture="..." /&gt;</c>: a person's picture, or their initials. The name stands beside it, so it says nothing by itself.</summary>
[HtmlTargetElement("avatar", TagStructure = TagStructure.WithoutEndTag)]
public sealed class AvatarTagHelper(Site site) : TagHelper
{
    /// <summary>Under this path whoever keeps pictures answers with one by its name, as the column <c>people.picture</c> has it.</summary>
    public const string Pictures = "/pictures/";

    public required string Name { get; set; }

    public string? Picture { get; set; }

    public bool Small { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Small ? "avatar small" : "avatar");
        output.Attributes.SetAttribute("aria-hidden", "true");
        if (string.IsNullOrEmpty(Picture)) output.Content.SetContent(Initials(Name));
        else output.Content.SetHtmlContent(new TagBuilder("img")
        {
            TagRenderMode = TagRenderMode.SelfClosing,
            Attributes = { ["src"] = site.Address(Pictures + Picture), ["alt"] = "", ["width"] = "72", ["height"] = "72", ["loading"] = "lazy" },
        });
    }

    /// <summary>Of the first and the last word: <c>AO</c>. A name of one word has one.</summary>
    public static string Initials(string name)
    {
        var words = name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(words is [] ? [] : words is [var only] ? [First(only)] : new[] { First(words[0]), First(words[^1]) }).ToUpper(CultureInfo.CurrentCulture);
    }

    // A letter with its accents, or a whole emoji, is one.
    private static string First(string word) => StringInfo.GetNextTextElement(word);
}
