using System.Globalization;
using System.Text.RegularExpressions;
using Quartz;

namespace SaaSFlows.Activities.Triggers;

/// <summary>A cron expression in a time zone.</summary>
public sealed partial class CronSchedule
{
    private readonly CronExpression expression;

    private CronSchedule(CronExpression expression) => this.expression = expression;

    /// <summary>Reads five fields (minute hour day month weekday, as Unix has them) or six (with a second before them).</summary>
    /// <param name="now">A schedule that never comes after it is refused.</param>
    /// <returns>The schedule, or what is wrong as a sentence.</returns>
    public static (CronSchedule? Schedule, string? Problem) Read(string text, string timezone, DateTimeOffset now)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
        {
            return (
                null,
                $"cron_expression must have 5 fields (minute hour day month weekday), or 6 with the second first, but has {fields.Length}."
            );
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timezone, out var zone))
        {
            return (null, $"timezone must be a name such as Europe/Berlin, but is '{timezone}'.");
        }

        var seconds = fields.Length == 6 ? fields[0] : "0";
        var unix = fields[^5..];
        if (OutOfRange([seconds, .. unix]) is { } problem)
        {
            return (null, problem);
        }

        try
        {
            // Only the Unix reader takes weekdays as everybody writes them (0 and 7 are Sunday); it knows no seconds, so they are put before what it
            // made.
            var read = CronExpression.Parse(string.Join(' ', unix), CronFormat.Unix).CronExpressionString;
            var parsed = CronExpression.Parse(seconds + read[read.IndexOf(' ', StringComparison.Ordinal)..], CronFormat.Quartz).WithTimeZone(zone);
            return parsed.GetNextValidTimeAfter(now) is null ? (null, "cron_expression names a time that never comes.") : (new(parsed), null);
        }
        catch (FormatException error)
        {
            return (null, $"cron_expression cannot be read: {error.Message}");
        }
    }

    /// <summary>The next time after <paramref name="time"/>, UTC; null if there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset time) => expression.GetNextValidTimeAfter(time)?.ToUniversalTime();

    // The library takes numbers that are out of range for others.
    private static string? OutOfRange(string[] fields)
    {
        (string Name, int Least, int Most)[] ranges =
        [
            ("second", 0, 59),
            ("minute", 0, 59),
            ("hour", 0, 23),
            ("day", 1, 31),
            ("month", 1, 12),
            ("weekday", 0, 7),
        ];
        foreach (var (field, (name, least, most)) in fields.Zip(ranges))
        {
            // Steps behind a slash may be larger than the range: they then never come again.
            foreach (Match number in Numbers().Matches(field))
            {
                if (!int.TryParse(number.ValueSpan, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
                {
                    return $"cron_expression has the {name} {number.Value}; it must be {least} to {most}.";
                }
            }
        }

        return null;
    }

    [GeneratedRegex(@"(?<![/#\d])\d+")]
    private static partial Regex Numbers();
}
