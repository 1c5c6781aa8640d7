using System.Globalization;
using ELearning.Shells;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ELearning.Web;

/// <summary>Shows instants as whoever reads the page lives through them: in their own zone, else in the site's. The zone is always said.</summary>
public sealed class Clockface(Actor actor, Tenant tenant)
{
    public TimeZoneInfo Zone { get; } = Find(actor.Zone) ?? Find(tenant.Zone) ?? TimeZoneInfo.Utc;

    public DateTimeOffset Local(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, Zone);

    public DateOnly Today(TimeProvider clock) => DateOnly.FromDateTime(Local(clock.GetUtcNow()).DateTime);

    /// <summary>As <c>21 November 2026 17:45 (Europe/Berlin)</c>.</summary>
    public string Say(DateTimeOffset instant, string format = "f") => $"{Local(instant).ToString(format, CultureInfo.CurrentCulture)} ({Zone.Id})";

    private static TimeZoneInfo? Find(string? id) => id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}

/// <summary>
/// <c>&lt;when at="@instant" /&gt;</c>: day, time and zone. Where a heading names the zone for a whole column, <c>zone="false"</c>
/// leaves it out of the text; it is in the title even then.
/// </summary>
[HtmlTargetElement("when", TagStructure = TagStructure.WithoutEndTag)]
public sealed class WhenTagHelper(Clockface clock) : TagHelper
{
    public required DateTimeOffset At { get; set; }

    /// <summary>A format of .NET: <c>f</c> long, <c>g</c> short, <c>d</c> the day alone.</summary>
    public string Format { get; set; } = "f";

    public bool Zone { get; set; } = true;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        if (!Zone) output.Attributes.SetAttribute("title", clock.Say(At));
        output.Content.SetContent(Zone ? clock.Say(At, Format) : clock.Local(At).ToString(Format, CultureInfo.CurrentCulture));
    }
}
