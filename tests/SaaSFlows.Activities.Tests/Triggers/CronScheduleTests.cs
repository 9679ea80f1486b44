using System.Globalization;
using SaaSFlows.Activities.Triggers;

namespace SaaSFlows.Activities.Tests.Triggers;

public sealed class CronScheduleTests
{
    private static readonly DateTimeOffset Saturday = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 9 * * 1-5", "UTC", "2026-11-23T09:00:00Z")]
    [InlineData("0 9 * * mon-fri", "UTC", "2026-11-23T09:00:00Z")]
    [InlineData("0 9 * * mon-fri", "Europe/Berlin", "2026-11-23T08:00:00Z")]
    [InlineData("0 0 * * 0", "UTC", "2026-11-22T00:00:00Z")]
    [InlineData("0 0 * * 7", "UTC", "2026-11-22T00:00:00Z")]
    [InlineData("*/15 * * * *", "UTC", "2026-11-21T12:15:00Z")]
    [InlineData("30 0 12 * * *", "UTC", "2026-11-21T12:00:30Z")]
    [InlineData("*/10 * * * * *", "UTC", "2026-11-21T12:00:10Z")]
    [InlineData("0 0 1 jan *", "UTC", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2028-02-29T00:00:00Z")]
    public void Expression_names_its_next_time(string text, string zone, string next)
    {
        var (schedule, problem) = CronSchedule.Read(text, zone, Saturday);

        Assert.Null(problem);
        Assert.Equal(DateTimeOffset.Parse(next, CultureInfo.InvariantCulture), schedule!.After(Saturday));
    }

    [Theory]
    [InlineData("99 * * * *", "minute 99")]
    [InlineData("0 24 * * *", "hour 24")]
    [InlineData("0 0 0 * *", "day 0")]
    [InlineData("0 0 * 13 *", "month 13")]
    [InlineData("0 0 * * 8", "weekday 8")]
    [InlineData("60 * * * * *", "second 60")]
    [InlineData("0 0 31 2 *", "never comes")]
    [InlineData("* * * *", "has 4")]
    [InlineData("", "has 0")]
    [InlineData("every day at nine o'clock", "cannot be read")]
    public void Mistake_is_named(string text, string problem) =>
        Assert.Contains(problem, CronSchedule.Read(text, "UTC", Saturday).Problem, StringComparison.Ordinal);

    [Fact]
    public void Unknown_time_zone_is_refused() =>
        Assert.Contains("Mars/Olympus", CronSchedule.Read("* * * * *", "Mars/Olympus", Saturday).Problem, StringComparison.Ordinal);
}
