using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Activities.Chat;

/// <summary>Writes a message into a chat channel.</summary>
internal sealed class ChatMessageActivity(IChatSender chat) : IActivity
{
    private const int LongestText = 4_000;

    public ActivityDescriptor Descriptor { get; } = new()
    {
        Type = "action_chat_message",
        Category = "action",
        DisplayName = "Send chat message",
        Icon = "message",
        Description = "Writes a message into the built-in chat: into the channel that the workflow belongs to, or another one of its community.",
        Outputs = ["success", "error"],
        HasEffects = true,
        DefaultRetry = new RetryPolicy(3, "exponential", 1),
        DefaultTimeout = TimeSpan.FromSeconds(30),
        ConfigAliases = new Dictionary<string, string> { ["message"] = "message_template" },
        ConfigSchema = JsonElement.Parse("""
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
            """),
    };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var text = context.Config.Text("message_template");
        if (string.IsNullOrWhiteSpace(text))
        {
            return Failed("chat.empty_message", "message_template came out empty: there is nothing to send.");
        }

        if (text.Length > LongestText)
        {
            return Failed("chat.message_too_long", string.Create(
                CultureInfo.InvariantCulture, $"message_template came out with {text.Length:N0} characters; a message may have at most {LongestText:N0}."));
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return Failed("chat.bad_character", "message_template came out with a NUL character (U+0000), which a message cannot hold.");
        }

        var channel = context.Execution.Entity;
        if (context.Config.Text("destination") == "specified_channel" && !TryChannel(context.Config.Value("channel_id"), out channel))
        {
            return Failed("chat.bad_channel", $"channel_id must be the number of a channel, but is {context.Config.Value("channel_id").Shown()}.");
        }

        var result = await chat.SendAsync(context.Execution, channel, text, context.IdempotencyKey, ct);
        return result.Match<ActivityResult>(
            sent => new ActivityResult.Completed("success", JsonSerializer.SerializeToElement(new
            {
                message_id = sent.MessageId,
                channel_id = channel.Value,
                text,
                sent_at = sent.SentAt.UtcDateTime,
            })),
            failed => new ActivityResult.Failed(failed.Code, failed.Message, failed.Retryable));
    }

    private static bool TryChannel(JsonElement value, out EntityId channel)
    {
        var isNumber = long.TryParse(value.ScalarText(), NumberStyles.None, CultureInfo.InvariantCulture, out var id);
        channel = new EntityId(id);
        return isNumber;
    }

    private static ActivityResult.Failed Failed(string code, string message) => new(code, message, Retryable: false);
}
