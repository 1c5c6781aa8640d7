using System.Globalization;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ELearning.Web;

/// <summary>
/// <c>&lt;field for="Input.Name" /&gt;</c>: label, hint, input and, when it was refused, what to do about it. The input names
/// its hint and its error, so that a screen reader says them with it.
/// </summary>
[HtmlTargetElement("field", Attributes = "for")]
public sealed class FieldTagHelper(IHtmlGenerator html) : TagHelper
{
    public required ModelExpression For { get; set; }

    /// <summary>Lines of a text area; a single line when 0.</summary>
    public int Rows { get; set; }

    public string? Hint { get; set; }

    public string? Autocomplete { get; set; }

    [HtmlAttributeNotBound, ViewContext]
    public required ViewContext ViewContext { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var name = ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);
        var id = TagBuilder.CreateSanitizedId(name, "_");
        var error = ViewContext.ModelState.GetValueOrDefault(name)?.Errors.FirstOrDefault()?.ErrorMessage;

        var attributes = new Dictionary<string, object>();
        if (TypeOf(For.Metadata.DataTypeName) is { } type) attributes["type"] = type;
        if (Autocomplete is not null) attributes["autocomplete"] = Autocomplete;
        if (For.Metadata.IsRequired) attributes["aria-required"] = "true";
        if (error is not null) attributes["aria-invalid"] = "true";
        if (Hint is not null || error is not null)
            attributes["aria-describedby"] = string.Join(' ', new[] { Hint is null ? null : $"{id}-hint", error is null ? null : $"{id}-error" }.OfType<string>());

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", error is null ? "field" : "field wrong");
        output.Content.AppendHtml(html.GenerateLabel(ViewContext, For.ModelExplorer, For.Name, labelText: null, htmlAttributes: null));
        if (Hint is not null) output.Content.AppendHtml(Line("hint", $"{id}-hint", Hint));
        output.Content.AppendHtml(Rows == 0
            ? Input(attributes)
            : html.GenerateTextArea(ViewContext, For.ModelExplorer, For.Name, Rows, columns: 0, attributes));
        if (error is not null) output.Content.AppendHtml(Line("error", $"{id}-error", error));
    }

    // A password is never sent back to the browser, not even the one that was refused.
    private TagBuilder Input(Dictionary<string, object> attributes) => attributes.GetValueOrDefault("type") is "password"
        ? html.GeneratePassword(ViewContext, For.ModelExplorer, For.Name, value: null, attributes)
        : html.GenerateTextBox(ViewContext, For.ModelExplorer, For.Name, For.Model, format: null, attributes);

    // What [DataType] says of the property: browsers offer the right keyboard, and hide what others may not read.
    private static string? TypeOf(string? dataType) => dataType switch
    {
        "Password" => "password",
        "EmailAddress" => "email",
        _ => null,
    };

    private static TagBuilder Line(string kind, string id, string text)
    {
        var line = new TagBuilder("p") { Attributes = { ["class"] = kind, ["id"] = id } };
        line.InnerHtml.Append(text);
        return line;
    }
}

/// <summary>
/// <c>&lt;problems&gt;What is the matter&lt;/problems&gt;</c>: nothing while all is well; else a list of what was refused, each
/// line leading to its field. Takes the focus when the page opens, without any script.
/// </summary>
[HtmlTargetElement("problems")]
public sealed class ProblemsTagHelper : TagHelper
{
    [HtmlAttributeNotBound, ViewContext]
    public required ViewContext ViewContext { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var refused = ViewContext.ModelState.Where(entry => entry.Value?.ValidationState == ModelValidationState.Invalid).ToList();
        if (refused.Count == 0)
        {
            output.SuppressOutput();
            return;
        }

        var heading = await output.GetChildContentAsync();
        output.TagName = "div";
        output.Attributes.SetAttribute("class", "note bad problems");
        output.Attributes.SetAttribute("role", "alert");
        output.Attributes.SetAttribute("tabindex", (-1).ToString(CultureInfo.InvariantCulture));
        output.Attributes.Add(new("autofocus"));
        output.Content.SetHtmlContent("<h2>");
        output.Content.AppendHtml(heading);
        output.Content.AppendHtml("</h2><ul>");
        foreach (var (name, entry) in refused)
            foreach (var error in entry!.Errors) // only those that are there were kept
                output.Content.AppendHtml("<li>").AppendHtml(Link(name, error.ErrorMessage)).AppendHtml("</li>");
        output.Content.AppendHtml("</ul>");
    }

    private static TagBuilder Link(string field, string text)
    {
        var link = new TagBuilder(field == "" ? "span" : "a");
        if (field != "") link.Attributes["href"] = $"#{TagBuilder.CreateSanitizedId(field, "_")}";
        link.InnerHtml.Append(text);
        return link;
    }
}
