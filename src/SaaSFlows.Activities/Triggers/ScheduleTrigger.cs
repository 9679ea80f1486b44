using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Triggers;

internal sealed class ScheduleTrigger : TriggerActivity, IConfigRules
{
    public override ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = NodeTypes.TriggerSchedule,
            Category = "trigger",
            DisplayName = "Schedule",
            Icon = "calendar-time",
            Description =
                "Starts the workflow at times that a cron expression names. Puts out scheduled_time. In this version the clock starts nothing "
                + "yet: start it by hand with {\"scheduled_time\": …}.",
            Produces = "`scheduled_time`",
            IsTrigger = true,
            TriggerFields = ["scheduled_time"],
            Inputs = [],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["cron_expression"],
                  "properties": {
                    "cron_expression": {
                      "type": "string",
                      "title": "Cron expression",
                      "description": "Minute, hour, day, month and weekday, such as 0 9 * * mon-fri; six fields begin with the second.",
                      "maxLength": 200,
                      "x-literal": true
                    },
                    "timezone": {
                      "type": "string",
                      "title": "Time zone",
                      "description": "Such as Europe/Berlin.",
                      "maxLength": 100,
                      "default": "UTC",
                      "x-literal": true
                    },
                    "catch_up": {
                      "type": "string",
                      "title": "Missed times",
                      "description":
                      "What to do about times that nobody was there for. skip: nothing. one: start once for all of them. all: start once for each.",
                      "enum": ["skip", "one", "all"],
                      "default": "skip",
                      "x-literal": true
                    },
                    "max_executions": {
                      "type": "integer",
                      "title": "Most starts",
                      "description": "After so many starts the schedule ends. Empty: it never does.",
                      "minimum": 1,
                      "maximum": 1000000000,
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    // Only a time that never comes at all is a mistake, so it does not matter from when on one looks.
    private static DateTimeOffset Epoch { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public IEnumerable<string> Problems(JsonElement config)
    {
        var zone = config.TryGetProperty("timezone", out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "UTC";
        if (CronSchedule.Read(config.GetProperty("cron_expression").GetString()!, zone, Epoch).Problem is { } problem)
        {
            yield return problem;
        }
    }
}
