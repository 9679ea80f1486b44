using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Chat;

/// <summary>Writes a message into a chat channel.</summary>
internal sealed class ChatMessageActivity(IChatSender chat) : IPreviewableActivity
{
    private const int LongestText = 4_000;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "action_chat_message",
            Category = "action",
            DisplayName = "Send chat message",
            Icon = "message",
            Description = "Writes a message into the built-in chat: into the channel that the workflow belongs to, or another one of its community.",
            Produces = "`message_id`, `channel_id`, `text`, `sent_at`",
            Outputs = ["success", "error"],
            HasEffects = true,
            DefaultRetry = new RetryPolicy(3, "exponential", 1),
            DefaultTimeout = TimeSpan.FromSeconds(30),
            ConfigAliases = new Dictionary<string, string> { ["message"] = "message_template", ["text"] = "message_template" },
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["message_template"],
                  "properties": {
                    "message_template": {
                      "type": "string",
                      "title": "Message",
                      "description": "What to write, such as: Hello, {{username}}!",
                      "minLength": 1,
                      "maxLength": 4000,
                      "x-widget": "textarea"
                    },
                    "destination": {
                      "type": "string",
                      "title": "Where",
                      "description": "current_channel: the channel that the workflow belongs to. specified_channel: the one named below.",
                      "enum": ["current_channel", "specified_channel"],
                      "default": "current_channel",
                      "x-literal": true
                    },
                    "channel_id": {
                      "type": ["integer", "string"],
                      "title": "Channel",
                      "description": "Id of the channel, for specified_channel. It must belong to the same community.",
                      "minimum": 1,
                      "pattern": "^[0-9]{1,19}$"
                    }
                  },
                  "anyOf": [
                    { "title": "destination current_channel", "properties": { "destination": { "enum": ["current_channel"] } } },
                    { "title": "a channel_id", "required": ["channel_id"] }
                  ],
                  "x-reserved": {
                    "platform": "'platform' has no effect in this version: messages go to the built-in chat.",
                    "reply_to_message": "'reply_to_message' has no effect in this version."
                  }
                }
                """
            ),
        };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        if (Read(context, out var text, out var channel) is { } failure)
        {
            return failure;
        }

        var result = await chat.SendAsync(context.Execution, channel, text, context.IdempotencyKey, ct);
        return result.Match<ActivityResult>(
            sent => Sent(channel, text, sent.MessageId, sent.SentAt),
            failed => new ActivityResult.Failed(failed.Code, failed.Message, failed.Retryable)
        );
    }

    public Preview Preview(IActivityContext context) =>
        Read(context, out var text, out var channel) is { } failure
            ? new(default, failure)
            : new(
                JsonSerializer.SerializeToElement(new { message = text, channel_id = channel.Value }),
                Sent(channel, text, messageId: null, context.Now)
            );

    private static ActivityResult.Failed? Read(IActivityContext context, out string text, out EntityId channel)
    {
        channel = context.Execution.Entity;
        text = context.Config.Text("message_template") ?? "";
        if (string.IsNullOrWhiteSpace(text))
        {
            return Failed("chat.empty_message", "message_template came out empty: there is nothing to send.");
        }

        if (text.Length > LongestText)
        {
            return Failed(
                "chat.message_too_long",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"message_template came out with {text.Length:N0} characters; a message may have at most {LongestText:N0}."
                )
            );
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return Failed("chat.bad_character", "message_template came out with a NUL character (U+0000), which a message cannot hold.");
        }

        return context.Config.Text("destination") == "specified_channel" && !TryChannel(context.Config.Value("channel_id"), out channel)
            ? Failed("chat.bad_channel", $"channel_id must be the number of a channel, but is {context.Config.Value("channel_id").Shown()}.")
            : null;
    }

    private static ActivityResult.Completed Sent(EntityId channel, string text, long? messageId, DateTimeOffset at) =>
        new(
            "success",
            JsonSerializer.SerializeToElement(
                new
                {
                    message_id = messageId,
                    channel_id = channel.Value,
                    message = text,
                    // The name of versions before.
                    text,
                    sent_at = at.UtcDateTime,
                }
            )
        );

    private static bool TryChannel(JsonElement value, out EntityId channel)
    {
        var isNumber = long.TryParse(value.ScalarText(), NumberStyles.None, CultureInfo.InvariantCulture, out var id);
        channel = new EntityId(id);
        return isNumber;
    }

    private static ActivityResult.Failed Failed(string code, string message) => new(code, message, Retryable: false);
}
