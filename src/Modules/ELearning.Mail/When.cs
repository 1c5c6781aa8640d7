using System.Globalization;
using ELearning.Shells;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ELearning.Mail;

/// <summary><c>&lt;when at="Model.At" /&gt;</c>: a time with its zone, which is the reader's own or the site's.</summary>
[HtmlTargetElement("when", TagStructure = TagStructure.WithoutEndTag)]
public sealed class WhenTagHelper(Actor actor, Tenant tenant) : TagHelper
{
    public DateTimeOffset At { get; set; }

    public string Format { get; set; } = "f";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(actor.Zone ?? tenant.Zone, out var known) ? known : TimeZoneInfo.Utc;
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Content.SetContent($"{TimeZoneInfo.ConvertTime(At, zone).ToString(Format, CultureInfo.CurrentCulture)} ({zone.Id})");
    }
}
