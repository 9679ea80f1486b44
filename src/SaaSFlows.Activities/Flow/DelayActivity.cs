using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Flow;

/// <summary>Parks the execution for a time, or until a moment, without holding a worker.</summary>
internal sealed class DelayActivity : IResumableActivity
{
    private const int LongestDays = 365;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "action_delay",
            Category = "action",
            DisplayName = "Delay",
            Icon = "clock",
            Description = "Waits for a time or until a moment, then passes on what arrived. Survives restarts; at most 365 days.",
            Produces = "what arrived",
            Outputs = ["output", "error"],
            CanSuspend = true,
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "delay_seconds": {
                      "type": "number",
                      "title": "Seconds",
                      "description": "How long to wait, in seconds. Give this, milliseconds, a variable or a moment.",
                      "minimum": 0,
                      "maximum": 31536000
                    },
                    "delay_ms": {
                      "type": "number",
                      "title": "Milliseconds",
                      "description": "How long to wait, in milliseconds.",
                      "minimum": 0,
                      "maximum": 31536000000
                    },
                    "delay_variable": {
                      "type": "string",
                      "title": "Variable",
                      "description": "Name of a variable that holds how long to wait, in milliseconds.",
                      "x-name": "required",
                      "minLength": 1,
                      "x-literal": true
                    },
                    "until": {
                      "type": "string",
                      "title": "Until",
                      "description": "The moment to wait for, such as 2027-01-31T09:00:00Z. A moment that is past passes at once.",
                      "format": "date-time",
                      "pattern": "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,7})?)?(Z|[+-]\\d{2}:\\d{2})$"
                    }
                  },
                  "oneOf": [
                    { "required": ["delay_seconds"] },
                    { "required": ["delay_ms"] },
                    { "required": ["delay_variable"] },
                    { "required": ["until"] }
                  ]
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var config = context.Config;
        return new(
            config.Has("until") ? Until(context, config.Value("until"))
            : config.Has("delay_variable")
                ? For(context, "delay_variable", context.Named(config.Text("delay_variable")!), TimeSpan.TicksPerMillisecond)
            : config.Has("delay_ms") ? For(context, "delay_ms", config.Value("delay_ms"), TimeSpan.TicksPerMillisecond)
            : For(context, "delay_seconds", config.Value("delay_seconds"), TimeSpan.TicksPerSecond)
        );
    }

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) => Passed(context);

    private static ActivityResult Until(IActivityContext context, JsonElement until)
    {
        // An offset is demanded: without one the moment would depend on the server's time zone.
        if (until.ValueKind != JsonValueKind.String || !until.TryGetDateTimeOffset(out var due) || !HasOffset(until.GetString()!))
        {
            return new ActivityResult.Failed(
                "delay.bad_moment",
                $"until must be a moment such as 2027-01-31T09:00:00Z, but is {until.Shown()}.",
                Retryable: false
            );
        }

        return due <= context.Now ? Passed(context)
            : due - context.Now > TimeSpan.FromDays(LongestDays) ? TooLong($"until {until.Shown()}")
            : new ActivityResult.Suspended("timer", Key: null, due.ToUniversalTime());
    }

    private static ActivityResult For(IActivityContext context, string field, JsonElement duration, long ticksPerUnit)
    {
        if (!duration.TryNumber(out var units) || units < 0)
        {
            return new ActivityResult.Failed("delay.bad_duration", $"{field} must be a number from 0, but is {duration.Shown()}.", Retryable: false);
        }

        return units == 0 ? Passed(context)
            : units * ticksPerUnit > TimeSpan.FromDays(LongestDays).Ticks ? TooLong($"{field} of {duration.Shown()}")
            : new ActivityResult.Suspended("timer", Key: null, context.Now.AddTicks((long)(units * ticksPerUnit)));
    }

    private static ActivityResult.Failed TooLong(string what) =>
        new(
            "delay.too_long",
            string.Create(CultureInfo.InvariantCulture, $"A delay may last at most {LongestDays} days; {what} is longer."),
            Retryable: false
        );

    private static ActivityResult.Completed Passed(IActivityContext context) => new("output", context.Input);

    // Longer than a date, whose dashes stand where an offset's sign would.
    private static bool HasOffset(string moment) => moment.Length > "yyyy-MM-ddThh:mm".Length && (moment[^1] == 'Z' || moment[^6] is '+' or '-');
}
