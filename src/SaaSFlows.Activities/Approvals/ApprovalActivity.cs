using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Approvals;

/// <summary>Parks the execution until somebody decides.</summary>
internal sealed class ApprovalActivity(IApprovals approvals) : IResumableActivity, IPreviewableActivity
{
    private const int LongestText = 4_000;
    private const int LongestDays = 365;

    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "action_approval",
            Category = "action",
            DisplayName = "Approval",
            Icon = "user-check",
            Description = "Asks people to approve or reject, and waits for the first decision.",
            Produces = "approved, rejected: `decision`, `by`, `by_id`, `comment`, `at`, `approval_id`; expired: `decision`, `at`",
            Outputs = ["approved", "rejected", "expired", "error"],
            HasEffects = true,
            CanSuspend = true,
            DefaultRetry = new RetryPolicy(3, "exponential", 1),
            DefaultTimeout = TimeSpan.FromSeconds(30),
            ConfigAliases = new Dictionary<string, string> { ["text"] = "message" },
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["message"],
                  "properties": {
                    "message": {
                      "type": "string",
                      "title": "Question",
                      "description": "What is to be decided, such as: Refund {{input.amount}} to {{input.customer}}?",
                      "minLength": 1,
                      "maxLength": 4000,
                      "x-widget": "textarea"
                    },
                    "approvers": {
                      "type": ["array", "string"],
                      "title": "Approvers",
                      "description":
                      "Who may decide: roles (admin, editor, operator: members with that role or a higher one), e-mail addresses or ids of members. One is enough.",
                      "items": { "type": "string", "minLength": 1, "maxLength": 320 },
                      "minItems": 1,
                      "maxItems": 50,
                      "default": ["admin"]
                    },
                    "expires_in": {
                      "type": ["integer", "string"],
                      "title": "Expires after",
                      "description": "Seconds, or a time such as 30m, 12h or 7d. Without it the question stays open.",
                      "minimum": 1,
                      "maximum": 31536000,
                      "pattern": "^[0-9]{1,8}[smhd]?$"
                    }
                  }
                }
                """
            ),
        };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        Read(context, out var question) is { } failure
            ? failure
            : (await approvals.OpenAsync(context.Execution, question, ct)).Match<ActivityResult>(
                open => new ActivityResult.Suspended(WaitKinds.Approval, Key: null, open.ExpiresAt),
                decided => Decided(decided.Decision),
                failed => Failed(failed.Code, failed.Message)
            );

    public Preview Preview(IActivityContext context) =>
        Read(context, out var question) is { } failure
            ? new(default, failure)
            : new(
                JsonSerializer.SerializeToElement(
                    new
                    {
                        message = question.Message,
                        approvers = question.Approvers,
                        expires_at = question.ExpiresAt?.UtcDateTime,
                    }
                ),
                new ActivityResult.Suspended(WaitKinds.Approval, Key: null, question.ExpiresAt)
            )
            {
                Answer = JsonSerializer.SerializeToElement(
                    new
                    {
                        decision = "approved",
                        by = "Dry run",
                        by_id = (string?)null,
                        comment = (string?)null,
                        at = context.Now.UtcDateTime,
                        approval_id = (string?)null,
                    }
                ),
            };

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) =>
        stimulus.Kind == WaitKinds.Approval
            ? Decided(stimulus.Payload)
            : new ActivityResult.Completed("expired", JsonSerializer.SerializeToElement(new { decision = "expired", at = stimulus.At.UtcDateTime }));

    private static ActivityResult.Failed? Read(IActivityContext context, out ApprovalQuestion question)
    {
        question = null!;
        var message = context.Config.Text("message")?.Replace('\0', '\uFFFD');
        if (string.IsNullOrWhiteSpace(message) || message.Length > LongestText)
        {
            return Failed(
                "approval.bad_message",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"message must come out with 1 to {LongestText:N0} characters, but has {message?.Length ?? 0:N0}."
                )
            );
        }

        if (Approvers(context.Config.Value("approvers")) is not { Count: > 0 and <= 50 } approvers)
        {
            return Failed(
                "approval.bad_approvers",
                $"approvers must be 1 to 50 roles or members, but is {context.Config.Value("approvers").Shown()}."
            );
        }

        DateTimeOffset? expiresAt = null;
        if (context.Config.Has("expires_in"))
        {
            if (context.Config.Value("expires_in").ScalarText() is not { Length: > 0 } text || Duration(text) is not { } duration)
            {
                return Failed(
                    "approval.bad_expiry",
                    $"expires_in must be a time such as 30m, at most {LongestDays} days, but is {context.Config.Value("expires_in").Shown()}."
                );
            }

            expiresAt = context.Now + duration;
        }

        question = new ApprovalQuestion(context.Node, context.NextBookmark, context.IdempotencyKey, message, approvers, expiresAt);
        return null;
    }

    private static ActivityResult.Completed Decided(JsonElement decision) => new(decision.At("decision").ScalarText(), decision);

    private static List<string>? Approvers(JsonElement given) =>
        given.ValueKind switch
        {
            JsonValueKind.Undefined => ["admin"],
            JsonValueKind.String => [.. given.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
            JsonValueKind.Array when given.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String) =>
            [
                .. given.EnumerateArray().Select(entry => entry.GetString()!.Trim()),
            ],
            _ => null,
        };

    private static TimeSpan? Duration(string text)
    {
        var unit = text[^1];
        var seconds = unit switch
        {
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => 1,
        };
        return
            long.TryParse(char.IsAsciiDigit(unit) ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0
            && count <= LongestDays * 86_400L / seconds
            && (char.IsAsciiDigit(unit) || unit is 's' or 'm' or 'h' or 'd')
            ? TimeSpan.FromSeconds(count * seconds)
            : null;
    }

    private static ActivityResult.Failed Failed(string code, string message) => new(code, message, Retryable: false);
}
