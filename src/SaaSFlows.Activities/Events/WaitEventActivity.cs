using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Events;

/// <summary>Parks the execution until an event is published. Who publishes looks for the bookmarks of the event's type.</summary>
internal sealed class WaitEventActivity : IResumableActivity, IPreviewableActivity
{
    private const int LongestDays = 365;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "action_wait_event",
            Category = "action",
            DisplayName = "Wait for event",
            Icon = "hourglass",
            Description =
                "Waits for an event that is published after the wait began, then goes on by received with the event, or by timeout with what "
                + "arrived.",
            Produces = "received: the event, as `trigger_event` puts it out; timeout: what arrived",
            Outputs = ["received", "timeout", "error"],
            CanSuspend = true,
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["event_type"],
                  "properties": {
                    "event_type": {
                      "type": "string",
                      "title": "Event",
                      "description": "The event's type, such as order.paid.",
                      "pattern": "^[A-Za-z0-9_.:-]{1,200}$"
                    },
                    "filters": {
                      "type": "object",
                      "title": "Filters",
                      "description":
                      "Fields of the event's data and what they must equal, such as {\"order_id\": \"{{input.id}}\"}. A list means any of its entries.",
                      "x-widget": "key-value"
                    },
                    "timeout_seconds": {
                      "type": "number",
                      "title": "Longest wait",
                      "description": "In seconds. Without it the node waits for as long as it takes.",
                      "minimum": 1,
                      "maximum": 31536000
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) => new(Wait(context));

    /// <summary>Goes on with an event that has what the filters ask for, and nothing else.</summary>
    public Preview Preview(IActivityContext context) =>
        Wait(context) is ActivityResult.Suspended wait
            ? new(
                JsonSerializer.SerializeToElement(
                    new
                    {
                        wait_for = wait.Kind,
                        key = wait.Key,
                        filters = Filters(wait),
                        until = wait.Due?.UtcDateTime,
                    }
                ),
                wait
            )
            {
                Answer = JsonSerializer.SerializeToElement(
                    new
                    {
                        event_id = (string?)null,
                        event_type = wait.Key,
                        data = Filters(wait),
                        aggregate_id = (string?)null,
                        aggregate_type = (string?)null,
                        metadata = (string?)null,
                        published_at = context.Now.UtcDateTime,
                    }
                ),
            }
            : new(default, Wait(context));

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) =>
        stimulus.Kind == WaitKinds.Event
            ? new ActivityResult.Completed("received", stimulus.Payload)
            : new ActivityResult.Completed("timeout", context.Input);

    private static ActivityResult Wait(IActivityContext context)
    {
        var config = context.Config;
        if (config.Text("event_type") is not { Length: > 0 and <= 200 } type || type.Contains('\0', StringComparison.Ordinal))
        {
            return Failed("event.bad_type", "event_type came out empty, longer than 200 characters, or with a NUL character.");
        }

        var filters = config.Value("filters");
        if (filters.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            return Failed("event.bad_filters", $"filters must be names and values, but is {filters.Shown()}.");
        }

        DateTimeOffset? due = null;
        if (config.Has("timeout_seconds"))
        {
            if (!config.Value("timeout_seconds").TryNumber(out var seconds) || seconds <= 0 || seconds > TimeSpan.FromDays(LongestDays).TotalSeconds)
            {
                return Failed(
                    "event.bad_timeout",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"timeout_seconds must be more than 0 and at most {LongestDays} days, but is {config.Value("timeout_seconds").Shown()}."
                    )
                );
            }

            due = context.Now.AddSeconds(seconds);
        }

        var data = filters.ValueKind == JsonValueKind.Object ? JsonSerializer.SerializeToElement(new { filters }) : default;
        return new ActivityResult.Suspended(WaitKinds.Event, type, due) { Data = data };
    }

    private static JsonElement Filters(ActivityResult.Suspended wait) =>
        wait.Data.At("filters") is { ValueKind: JsonValueKind.Object } filters ? filters : JsonElement.Parse("{}");

    private static ActivityResult.Failed Failed(string code, string message) => new(code, message, Retryable: false);
}
