using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Chat;

/// <summary>Asks in a chat and parks the execution until somebody answers. Who stores messages looks for the bookmarks of their channel.</summary>
internal sealed class ChatAskActivity(IChatSender chat) : IResumableActivity, IPreviewableActivity
{
    private const int LongestText = 4_000;
    private const double LongestWait = 365 * 86_400;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "action_chat_ask",
            Category = "action",
            DisplayName = "Ask in chat",
            Icon = "message-question",
            Description =
                "Writes a question into the channel that the workflow belongs to, and waits for an answer that is written after the wait began.",
            Produces = "answered: `answer`, `choice` (as you wrote it), `username`, `user_id`, `message_id`, `answered_at`; timeout: what arrived",
            Outputs = ["answered", "timeout", "error"],
            HasEffects = true,
            CanSuspend = true,
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
                      "title": "Question",
                      "description": "What to ask, such as: Which size, {{username}}?",
                      "minLength": 1,
                      "maxLength": 4000,
                      "x-widget": "textarea"
                    },
                    "from": {
                      "type": "string",
                      "title": "Whose answer",
                      "description":
                      "same_user: of the member who started the execution in the chat (the trigger's user_id). anyone: of the first member who answers.",
                      "enum": ["same_user", "anyone"],
                      "default": "same_user",
                      "x-literal": true
                    },
                    "choices": {
                      "type": "array",
                      "title": "Choices",
                      "description": "Only these answers count, whatever their case; other messages are passed over. Empty: every answer counts.",
                      "items": { "type": "string", "minLength": 1, "maxLength": 200 },
                      "maxItems": 50
                    },
                    "wait_seconds": {
                      "type": "number",
                      "title": "Longest wait",
                      "description": "In seconds.",
                      "minimum": 1,
                      "maximum": 31536000,
                      "default": 300
                    }
                  }
                }
                """
            ),
        };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        Read(context, out var question, out var wait) is { } failure
            ? failure
            : (await chat.SendAsync(context.Execution, context.Execution.Entity, question, context.IdempotencyKey, ct)).Match<ActivityResult>(
                _ => wait,
                failed => new ActivityResult.Failed(failed.Code, failed.Message, failed.Retryable)
            );

    public Preview Preview(IActivityContext context)
    {
        if (Read(context, out var question, out var wait) is { } failure)
        {
            return new(default, failure);
        }

        var choice = wait.Data.At("choices.0");
        return new(JsonSerializer.SerializeToElement(new { message = question, channel_id = context.Execution.Entity.Value }), wait)
        {
            Answer = JsonSerializer.SerializeToElement(
                new
                {
                    answer = choice.ScalarText() ?? "…",
                    message = choice.ScalarText() ?? "…",
                    choice = choice.ScalarText(),
                    username = "Dry run",
                    user_id = wait.Data.At("user_id").ScalarText(),
                    message_id = (long?)null,
                    answered_at = context.Now.UtcDateTime,
                }
            ),
        };
    }

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) =>
        stimulus.Kind == WaitKinds.Chat
            ? new ActivityResult.Completed("answered", stimulus.Payload)
            : new ActivityResult.Completed("timeout", context.Input);

    private static ActivityResult.Failed? Read(IActivityContext context, out string question, out ActivityResult.Suspended wait)
    {
        wait = null!;
        question = context.Config.Text("message_template")?.Replace('\0', '\uFFFD') ?? "";
        if (string.IsNullOrWhiteSpace(question) || question.Length > LongestText)
        {
            return Failed(
                "chat.bad_question",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"message_template must come out with 1 to {LongestText:N0} characters, but has {question.Length:N0}."
                )
            );
        }

        var seconds = 300.0;
        if (
            context.Config.Has("wait_seconds")
            && (!context.Config.Value("wait_seconds").TryNumber(out seconds) || seconds is not (> 0 and <= LongestWait))
        )
        {
            return Failed(
                "chat.bad_wait",
                $"wait_seconds must be more than 0 and at most 365 days, but is {context.Config.Value("wait_seconds").Shown()}."
            );
        }

        var user = context.Lookup("trigger.user_id");
        var sameUser = context.Config.Text("from") is null or "same_user";
        if (sameUser && !(user.ValueKind == JsonValueKind.String && user.TryGetGuid(out _)))
        {
            return Failed("chat.no_user", "The execution was not started by a member in a chat, so nobody's answer would count: choose from anyone.");
        }

        var choices = context.Config.Value("choices");
        if (
            choices.ValueKind != JsonValueKind.Undefined
            && !(choices.ValueKind == JsonValueKind.Array && choices.EnumerateArray().All(choice => choice.ValueKind == JsonValueKind.String))
        )
        {
            return Failed("chat.bad_choices", $"choices must be a list of texts, but is {choices.Shown()}.");
        }

        var demands = new Dictionary<string, JsonElement>();
        if (sameUser)
        {
            demands["user_id"] = user;
        }

        if (choices.ValueKind == JsonValueKind.Array)
        {
            demands["choices"] = choices;
        }

        wait = new ActivityResult.Suspended(
            WaitKinds.Chat,
            context.Execution.Entity.Value.ToString(CultureInfo.InvariantCulture),
            context.Now.AddSeconds(seconds)
        )
        {
            Data = JsonSerializer.SerializeToElement(demands),
        };
        return null;
    }

    private static ActivityResult.Failed Failed(string code, string message) => new(code, message, Retryable: false);
}
