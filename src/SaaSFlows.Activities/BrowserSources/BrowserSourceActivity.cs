using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.BrowserSources;

/// <summary>Shows something on the page of a channel, which streaming software lays over its picture.</summary>
internal sealed class BrowserSourceActivity(IBrowserSources pages) : IPreviewableActivity
{
    private const int LongestText = 4_000;
    private const double LongestSeconds = 86_400;
    private const double DefaultSeconds = 10;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "action_browser_source",
            Category = "action",
            DisplayName = "Show on stream",
            Icon = "broadcast",
            Description =
                "Shows text, a ticker or a picture on the browser source of the channel that the workflow belongs to: a page that streaming "
                + "software lays over its picture.",
            Produces = "`message_id`, `source_type`, `action`, `content`, `shown_at`",
            Outputs = ["success", "error"],
            HasEffects = true,
            DefaultRetry = new RetryPolicy(3, "exponential", 1),
            DefaultTimeout = TimeSpan.FromSeconds(30),
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "source_type": {
                      "type": "string",
                      "title": "What",
                      "description": "general: a text. ticker: a text that runs along the bottom. media: a picture or a film by its address.",
                      "enum": ["general", "ticker", "media"],
                      "default": "general",
                      "x-literal": true
                    },
                    "action": {
                      "type": "string",
                      "title": "Action",
                      "description": "display: shows it. update: changes what is shown, without a new entrance. clear: takes it away.",
                      "enum": ["display", "update", "clear"],
                      "default": "display",
                      "x-literal": true
                    },
                    "content_template": {
                      "type": "string",
                      "title": "Content",
                      "description": "What to show, such as: {{username}} has followed! For media an address that begins with https:// or http://.",
                      "minLength": 1,
                      "maxLength": 4000,
                      "x-widget": "textarea"
                    },
                    "duration": {
                      "type": "number",
                      "title": "Duration",
                      "description": "In seconds. 0: until it is cleared or replaced.",
                      "minimum": 0,
                      "maximum": 86400,
                      "default": 10
                    },
                    "priority": {
                      "type": "integer",
                      "title": "Priority",
                      "description": "While something is shown, what has a lower priority is not.",
                      "minimum": 0,
                      "maximum": 100,
                      "default": 0
                    }
                  },
                  "anyOf": [
                    { "title": "action clear", "required": ["action"], "properties": { "action": { "enum": ["clear"] } } },
                    { "title": "a content_template", "required": ["content_template"] }
                  ]
                }
                """
            ),
        };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        if (Read(context, out var message) is { } failure)
        {
            return failure;
        }

        return await pages.ShowAsync(context.Execution, message, context.IdempotencyKey, ct) is { } shown
            ? Shown(message, shown.Number, shown.At)
            : Failed(
                "browser_source.none",
                "The channel has no browser source yet: make one first (POST /api/v1/entities/{entity_id}/browser-source)."
            );
    }

    public Preview Preview(IActivityContext context) =>
        Read(context, out var message) is { } failure
            ? new(default, failure)
            : new(
                JsonSerializer.SerializeToElement(
                    new
                    {
                        source_type = message.SourceType,
                        action = message.Action,
                        content = message.Content,
                        duration = message.DurationSeconds,
                        priority = message.Priority,
                    }
                ),
                Shown(message, null, context.Now)
            );

    private static ActivityResult.Failed? Read(IActivityContext context, out BrowserMessage message)
    {
        var config = context.Config;
        var action = config.Text("action") ?? "display";
        message = new(
            config.Text("source_type") ?? "general",
            action,
            action == "clear" ? "" : config.Text("content_template") ?? "",
            DefaultSeconds,
            0
        );
        if (config.Has("duration"))
        {
            if (!config.Value("duration").TryNumber(out var seconds) || seconds is < 0 or > LongestSeconds)
            {
                return Failed(
                    "browser_source.bad_duration",
                    string.Create(CultureInfo.InvariantCulture, $"duration must be a number of seconds from 0 to {LongestSeconds:N0}.")
                );
            }

            message = message with { DurationSeconds = seconds };
        }

        if (config.Has("priority"))
        {
            if (!config.Value("priority").TryNumber(out var priority) || priority is < 0 or > 100)
            {
                return Failed("browser_source.bad_priority", "priority must be a number from 0 to 100.");
            }

            message = message with { Priority = (int)priority };
        }

        return action == "clear" ? null : Problem(message);
    }

    private static ActivityResult.Failed? Problem(BrowserMessage message)
    {
        if (
            string.IsNullOrWhiteSpace(message.Content)
            || message.Content.Length > LongestText
            || message.Content.Contains('\0', StringComparison.Ordinal)
        )
        {
            return Failed("browser_source.bad_content", $"content_template must come out as 1 to {LongestText} characters, none of them U+0000.");
        }

        var isAddress =
            Uri.TryCreate(message.Content, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
        return message.SourceType == "media" && !isAddress
            ? Failed("browser_source.bad_address", "For media content_template must be an address that begins with https:// or http://.")
            : null;
    }

    private static ActivityResult.Completed Shown(BrowserMessage message, long? number, DateTimeOffset at) =>
        new(
            "success",
            JsonSerializer.SerializeToElement(
                new
                {
                    message_id = number,
                    source_type = message.SourceType,
                    action = message.Action,
                    content = message.Content,
                    shown_at = at.UtcDateTime,
                }
            )
        );

    private static ActivityResult.Failed Failed(string code, string message) => new(code, message, Retryable: false);
}
