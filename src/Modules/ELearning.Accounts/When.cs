using System.Globalization;
using ELearning.Shells;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace ELearning.Accounts;

/// <summary>The clock on the wall of whoever looks at a page: their own zone, or the site's.</summary>
public sealed class LocalTime(Actor actor, Tenant tenant)
{
    public TimeZoneInfo Zone { get; } = Find(actor.Zone) ?? Find(tenant.Zone) ?? TimeZoneInfo.Utc;

    public DateTimeOffset Of(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);

    /// <summary>When that day begins here.</summary>
    public DateTimeOffset StartOf(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        // Where clocks go forward at midnight, the day begins an hour later.
        while (Zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(30);
        return new(midnight, Zone.GetUtcOffset(midnight));
    }

    private static TimeZoneInfo? Find(string? id) => id is not null && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}

/// <summary><c>&lt;when at="Model.At" /&gt;</c>: a time with its zone.</summary>
[HtmlTargetElement("when")]
public sealed class WhenTagHelper(LocalTime local) : TagHelper
{
    public DateTimeOffset At { get; set; }

    public string Format { get; set; } = "g";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "time";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("datetime", At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        output.Content.Append($"{local.Of(At).ToString(Format, CultureInfo.CurrentCulture)} ({local.Zone.Id})");
    }
}
