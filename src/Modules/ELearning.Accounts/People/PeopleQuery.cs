using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;

namespace ELearning.Accounts;

public enum PeopleSort { Name, Joined, Seen }

public enum PeopleSeen { Ever, Week, Month, Never }

public enum PeopleState { Any, Active, Invited, Suspended, Trash }

/// <summary>Whom a list of people shows, and in which order, as the address of its page says it.</summary>
internal sealed record PeopleQuery
{
    [FromQuery(Name = "q"), StringLength(100)]
    public string? Text { get; init; }

    [FromQuery(Name = "role")]
    public Guid? Role { get; init; }

    [FromQuery(Name = "state")]
    public PeopleState State { get; init; }

    [FromQuery(Name = "seen")]
    public PeopleSeen Seen { get; init; }

    [FromQuery(Name = "sort")]
    public PeopleSort Sort { get; init; }

    public static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public bool IsEmpty => this == new PeopleQuery { Sort = Sort };

    public string ToQueryString(PeoplePlace? after = null) => string.Join('&', new[]
    {
        string.IsNullOrEmpty(Text) ? null : $"q={Uri.EscapeDataString(Text)}",
        Role is { } role ? $"role={role}" : null,
        State == PeopleState.Any ? null : $"state={State}",
        Seen == PeopleSeen.Ever ? null : $"seen={Seen}",
        Sort == PeopleSort.Name ? null : $"sort={Sort}",
        after is { } place ? $"after={Uri.EscapeDataString(place.ToString())}" : null,
    }.OfType<string>());
}

/// <summary>Where a page of people ends: the value it is sorted by, and the id that tells equals apart.</summary>
internal sealed record PeoplePlace(Guid Id, string Name, DateTimeOffset Seen)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id:N}.{Seen.UtcTicks}.{Name}");

    public static PeoplePlace? Parse(string? text) => text?.Split('.', 3) is [var id, var seen, var name]
        && Guid.TryParse(id, out var known) && long.TryParse(seen, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
        ? new(known, name, new(ticks, TimeSpan.Zero)) : null;
}
