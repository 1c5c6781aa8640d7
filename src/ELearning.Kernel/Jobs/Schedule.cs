namespace ELearning;

/// <summary>When a job runs by itself: every so many minutes, or daily or weekly at a time in the tenant's zone.</summary>
public sealed record Schedule
{
    private Schedule() { }

    public TimeSpan? Every { get; private init; }

    public TimeOnly? At { get; private init; }

    public DayOfWeek? On { get; private init; }

    public static Schedule EveryMinutes(int minutes) => new() { Every = TimeSpan.FromMinutes(minutes) };

    public static Schedule Daily(TimeOnly at) => new() { At = at };

    public static Schedule Weekly(DayOfWeek on, TimeOnly at) => new() { On = on, At = at };
}
