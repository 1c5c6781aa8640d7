using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ELearning.Web;
using Microsoft.AspNetCore.Mvc;

namespace ELearning.Accounts;

/// <summary>What is asked of the trail, as the address of its page says it.</summary>
internal sealed record AuditQuery
{
    [FromQuery(Name = "person")]
    public Guid? Person { get; init; }

    [FromQuery(Name = "act"), StringLength(100)]
    public string? Act { get; init; }

    [FromQuery(Name = "from")]
    public DateOnly? From { get; init; }

    [FromQuery(Name = "until")]
    public DateOnly? Until { get; init; }

    public bool IsEmpty => this == new AuditQuery();

    public AuditFilter Filter(Clockface local) => new()
    {
        Involved = Person,
        Act = string.IsNullOrEmpty(Act) ? null : Act,
        From = From is { } from ? StartOf(local.Zone, from) : null,
        Until = Until is { } until && until < DateOnly.MaxValue ? StartOf(local.Zone, until.AddDays(1)) : null,
    };

    public string ToQueryString(string? more = null) => string.Join('&', new[]
    {
        Person is { } person ? $"person={person}" : null,
        string.IsNullOrEmpty(Act) ? null : $"act={Uri.EscapeDataString(Act)}",
        From is { } from ? $"from={from.ToString("O", CultureInfo.InvariantCulture)}" : null,
        Until is { } until ? $"until={until.ToString("O", CultureInfo.InvariantCulture)}" : null,
        more,
    }.OfType<string>());

    private static DateTimeOffset StartOf(TimeZoneInfo zone, DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        // Where clocks go forward at midnight, the day begins later.
        while (zone.IsInvalidTime(midnight)) midnight = midnight.AddMinutes(30);
        return new(midnight, zone.GetUtcOffset(midnight));
    }
}
