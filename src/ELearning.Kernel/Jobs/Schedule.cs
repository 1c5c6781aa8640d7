namespace ELearning;

/// <summary>When a job runs by itself: every so many minutes, or daily or weekly at a time in the tenant's zone.</summary>
public sealed record Schedule
{
    private Schedule() { }

    public TimeSpan? Every { get; private init; }

    public TimeOnly? At { get; private init; }

    public DayOfWeek? On { get; private init; }

    /// <summary>Whether it wakes nobody: a tenant that sleeps at that time does it when it is active again.</summary>
    public bool IsWhenActive { get; private init; }

    public static Schedule EveryMinutes(int minutes) => new() { Every = TimeSpan.FromMinutes(minutes) };

    public static Schedule Daily(TimeOnly at) => new() { At = at };

    public static Schedule Weekly(DayOfWeek on, TimeOnly at) => new() { On = on, At = at };

    /// <summary>
    /// For upkeep that only matters once somebody has been there. At a fixed time it would wake every tenant of the
    /// installation within a minute, day by day; spread over the night it would still wake them all for nothing.
    /// </summary>
    public Schedule WhenActive() => new() { Every = Every, At = At, On = On, IsWhenActive = true };

    /// <summary>The first time after an instant. A time that the clocks skip moves forward; of one that they repeat the first counts.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset instant, TimeZoneInfo zone)
    {
        if (Every is { } every) return instant + every;

        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);
        while (true)
        {
            if ((On is null || day.DayOfWeek == On) && Instant(day.ToDateTime(At!.Value), zone) is var next && next > instant) return next; // At is there when Every is not
            day = day.AddDays(1);
        }
    }

    private static DateTimeOffset Instant(DateTime local, TimeZoneInfo zone)
    {
        // Skipped: as the clock would show it, had it not been put forward.
        if (zone.IsInvalidTime(local)) return new DateTimeOffset(local, zone.GetUtcOffset(local.AddDays(-1))).ToUniversalTime();
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
