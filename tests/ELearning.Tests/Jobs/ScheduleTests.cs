using Xunit;

namespace ELearning.Tests;

public sealed class ScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-01-10T00:00Z", "2026-01-10T01:30Z")]
    [InlineData("2026-01-10T01:30Z", "2026-01-11T01:30Z")]
    // At two o'clock on 29 March the clocks are put to three: 2:30 is 3:30.
    [InlineData("2026-03-28T12:00Z", "2026-03-29T01:30Z")]
    [InlineData("2026-03-29T12:00Z", "2026-03-30T00:30Z")]
    // On 25 October 2:30 comes twice; the first is in summer time.
    [InlineData("2026-10-24T12:00Z", "2026-10-25T00:30Z")]
    [InlineData("2026-10-25T00:30Z", "2026-10-26T01:30Z")]
    public void Daily_is_a_time_on_the_tenants_clocks(string after, string next) =>
        Assert.Equal(DateTimeOffset.Parse(next, null), Schedule.Daily(new(2, 30)).NextAfter(DateTimeOffset.Parse(after, null), Berlin));

    [Fact]
    public void Weekly_is_a_day_on_the_tenants_calendar() => Assert.Equal(
        DateTimeOffset.Parse("2026-01-11T23:30Z", null),
        Schedule.Weekly(DayOfWeek.Monday, new(0, 30)).NextAfter(DateTimeOffset.Parse("2026-01-10T00:00Z", null), Berlin));

    [Fact]
    public void Every_so_many_minutes_counts_from_the_last_run() => Assert.Equal(
        DateTimeOffset.Parse("2026-01-10T00:05Z", null), Schedule.EveryMinutes(5).NextAfter(DateTimeOffset.Parse("2026-01-10T00:00Z", null), Berlin));
}
