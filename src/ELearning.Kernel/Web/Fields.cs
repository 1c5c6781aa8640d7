using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace ELearning.Web;

/// <summary>
/// <c>&lt;field for="Input.Name" /&gt;</c>: label, hint, input and, when it was refused, what to do about it. The input names
/// its hint and its error, so that a screen reader says them with it. Of which kind it is follows from the property: its type
/// and its <c>[DataType]</c>; whatever else is written on the tag goes to the input.
/// </summary>
[HtmlTargetElement("field", Attributes = "for")]
public sealed class FieldTagHelper(IHtmlGenerator html, IStringLocalizer<KernelTexts> texts) : TagHelper
{
    public required ModelExpression For { get; set; }

    /// <summary>Of the input, where the property does not tell: <c>color</c>, <c>search</c>.</summary>
    public string? Type { get; set; }

    /// <summary>Lines of a text area; a single line when 0.</summary>
    public int Rows { get; set; }

    public string? Hint { get; set; }

    /// <summary>What there is to choose from.</summary>
    public IEnumerable<SelectListItem>? Options { get; set; }

    /// <summary>What stands for having chosen nothing.</summary>
    public string? Choose { get; set; }

    /// <summary>An address that says, of <c>?value=</c>, what is wrong with it, while somebody is still writing: <see cref="FieldCheck"/>.</summary>
    public string? Check { get; set; }

    [HtmlAttributeNotBound, ViewContext]
    public required ViewContext ViewContext { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var name = ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);
        var id = TagBuilder.CreateSanitizedId(name, "_");
        var error = ViewContext.ModelState.GetValueOrDefault(name)?.Errors.FirstOrDefault()?.ErrorMessage;
        var kind = Type ?? KindOf(For.Metadata);

        var attributes = output.Attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Value ?? "");
        output.Attributes.Clear();
        if (For.Metadata.IsRequired && kind != "checkbox") attributes["aria-required"] = "true";
        if (error is not null) attributes["aria-invalid"] = "true";
        if (Hint is not null || error is not null)
            attributes["aria-describedby"] = string.Join(' ', new[] { Hint is null ? null : $"{id}-hint", error is null ? null : $"{id}-error" }.OfType<string>());
        if (Check is not null) attributes["data-check"] = Check;

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", string.Join(' ', new[] { "field", kind == "checkbox" ? "check" : null, error is null ? null : "wrong" }.OfType<string>()));
        var label = html.GenerateLabel(ViewContext, For.ModelExplorer, For.Name, labelText: null, htmlAttributes: null);
        // A box stands before its words, everything else under them.
        if (kind == "checkbox") output.Content.AppendHtml(Input(kind, attributes)).AppendHtml(label);
        else output.Content.AppendHtml(label);
        if (Hint is not null) output.Content.AppendHtml(Line("hint", $"{id}-hint", Hint));
        if (kind == "password") output.Content.AppendHtml(Password(attributes));
        else if (kind != "checkbox") output.Content.AppendHtml(Input(kind, attributes));
        if (error is not null) output.Content.AppendHtml(Line("error", $"{id}-error", error));
    }

    private IHtmlContent Input(string kind, Dictionary<string, object> attributes)
    {
        if (Options is not null) return html.GenerateSelect(ViewContext, For.ModelExplorer, Choose, For.Name, Options, allowMultiple: false, attributes);
        if (Rows > 0) return html.GenerateTextArea(ViewContext, For.ModelExplorer, For.Name, Rows, columns: 0, attributes);
        if (kind == "checkbox")
        {
            // The second one says "no": a box without its tick is not sent.
            var box = new HtmlContentBuilder().AppendHtml(html.GenerateCheckBox(ViewContext, For.ModelExplorer, For.Name, For.Model as bool?, attributes));
            return box.AppendHtml(html.GenerateHiddenForCheckbox(ViewContext, For.ModelExplorer, For.Name));
        }
        if (kind != "text") attributes["type"] = kind;
        // Whatever is shown, these two are sent and taken in one form.
        var format = kind switch { "date" => "{0:yyyy-MM-dd}", "datetime-local" => "{0:yyyy-MM-ddTHH:mm}", _ => null };
        return html.GenerateTextBox(ViewContext, For.ModelExplorer, For.Name, For.Model, format, attributes);
    }

    // Never sent back to the browser. The button does nothing without a script, so a script shows it.
    private HtmlContentBuilder Password(Dictionary<string, object> attributes)
    {
        var box = new HtmlContentBuilder();
        box.AppendHtml("<span class=\"secret\">").AppendHtml(html.GeneratePassword(ViewContext, For.ModelExplorer, For.Name, value: null, attributes));
        var reveal = new TagBuilder("button") { Attributes = { ["type"] = "button", ["class"] = "reveal", ["hidden"] = "", ["data-hide"] = texts["Hide"] } };
        reveal.InnerHtml.Append(texts["Show"]);
        box.AppendHtml(reveal).AppendHtml("</span>");
        return box;
    }

    private static string KindOf(ModelMetadata property)
    {
        var type = property.UnderlyingOrModelType;
        return property.DataTypeName switch
        {
            "Password" => "password",
            "EmailAddress" => "email",
            "Url" => "url",
            "PhoneNumber" => "tel",
            _ when type == typeof(bool) => "checkbox",
            _ when type == typeof(DateOnly) => "date",
            _ when type == typeof(DateTime) => "datetime-local",
            _ when type == typeof(int) || type == typeof(long) => "number",
            _ when typeof(IFormFile).IsAssignableFrom(type) => "file",
            _ => "text",
        };
    }

    private static TagBuilder Line(string kind, string id, string text)
    {
        var line = new TagBuilder("p") { Attributes = { ["class"] = kind, ["id"] = id } };
        line.InnerHtml.Append(text);
        return line;
    }
}

/// <summary>What an address answers that a field's <c>check</c> names.</summary>
/// <param name="Problem">What to do instead, or null when all is well.</param>
public sealed record FieldCheck(string? Problem);

/// <summary>A form is looked at by the site, which says what is wrong in its own words beside the field; the browser's bubbles would come first.</summary>
[HtmlTargetElement("form", Attributes = "[method=post]")]
public sealed class FormTagHelper : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output) => output.Attributes.SetAttribute(new TagHelperAttribute("novalidate"));
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
