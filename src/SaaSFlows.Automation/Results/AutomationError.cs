using System.Globalization;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Automation.Results;

/// <summary>The reason why a use case of this module refused. A closed family; <see cref="Code"/> is stable, lower-case and dotted.</summary>
public abstract record AutomationError
{
    // Private, so the nested cases below are the whole family.
    private AutomationError(string code, string message) => (Code, Message) = (code, message);

    /// <summary>Stable name of the reason, for programs.</summary>
    public string Code { get; }

    /// <summary>The reason, for people.</summary>
    public string Message { get; }

    public T Match<T>(
        Func<NotFound, T> notFound,
        Func<BadInput, T> badInput,
        Func<InvalidWorkflow, T> invalidWorkflow,
        Func<Conflict, T> conflict,
        Func<PaymentRequired, T> paymentRequired,
        Func<WebhookRefused, T> webhookRefused,
        Func<Forbidden, T> forbidden,
        Func<Busy, T> busy,
        Func<InvalidJson, T> invalidJson,
        Func<NotUnicode, T> notUnicode,
        Func<RateLimited, T> rateLimited,
        Func<TooLarge, T> tooLarge
    ) =>
        this switch
        {
            NotFound error => notFound(error),
            BadInput error => badInput(error),
            InvalidWorkflow error => invalidWorkflow(error),
            Conflict error => conflict(error),
            PaymentRequired error => paymentRequired(error),
            WebhookRefused error => webhookRefused(error),
            Forbidden error => forbidden(error),
            Busy error => busy(error),
            InvalidJson error => invalidJson(error),
            NotUnicode error => notUnicode(error),
            RateLimited error => rateLimited(error),
            TooLarge error => tooLarge(error),
            _ => throw new InvalidOperationException("The family of automation errors is closed."),
        };

    /// <summary>The object does not exist, or belongs to another tenant or community. Callers can't tell these apart.</summary>
    /// <param name="What">workflow, execution, webhook, entity, community or version.</param>
    public sealed record NotFound(string What) : AutomationError($"{What}.not_found", $"No such {What}.");

    /// <summary>The input is invalid. Contains the problem of each field.</summary>
    /// <param name="Reason">A more precise reason, if there is one.</param>
    public sealed record BadInput(IReadOnlyDictionary<string, string> Fields, string Reason = "input.invalid")
        : AutomationError(Reason, string.Join(" ", Fields.Select(field => $"{field.Key}: {field.Value}")))
    {
        public BadInput(string field, string problem)
            : this(new Dictionary<string, string> { [field] = problem }) { }
    }

    /// <summary>The draft does not pass validation, so it can't be published or tried.</summary>
    public sealed record InvalidWorkflow(ValidationReport Report)
        : AutomationError("workflow.invalid", "The workflow has errors, so it can't be published or run.");

    /// <summary>The current state does not allow the action.</summary>
    public sealed record Conflict(string Reason, string Explanation) : AutomationError(Reason, Explanation)
    {
        /// <summary>Details for programs.</summary>
        public IReadOnlyDictionary<string, object?> Details { get; init; } = new Dictionary<string, object?>();
    }

    /// <summary>The licence does not allow it.</summary>
    public sealed record PaymentRequired(AccountsError.LicenceExceeded Licence) : AutomationError(Licence.Code, Licence.Message);

    /// <summary>The caller can see the object but lacks the permission in its community.</summary>
    /// <param name="Permission">The missing permission, or the name of the missing grant.</param>
    public sealed record Forbidden(string Permission, string Reason, string Explanation) : AutomationError(Reason, Explanation)
    {
        public Forbidden(string permission)
            : this(permission, "permission.denied", $"Your role in this community does not have the permission {permission}.") { }

        public Forbidden(WorkflowRights right)
            : this(
                right.Text(),
                "workflow.not_granted",
                $"This workflow is restricted, and you do not have the grant {right.Text()} on it. Ask a member who manages its permissions."
            ) { }
    }

    /// <summary>A webhook refused the delivery.</summary>
    /// <param name="Reason"><c>webhook.disabled</c>, <c>webhook.ip_not_allowed</c>, <c>webhook.signature_required</c> or
    /// <c>webhook.signature_invalid</c>.</param>
    public sealed record WebhookRefused(string Reason, string Explanation) : AutomationError(Reason, Explanation);

    /// <summary>Temporarily not possible. A retry can succeed.</summary>
    public sealed record Busy(string Reason, string Explanation) : AutomationError(Reason, Explanation);

    /// <summary>The body is not valid JSON.</summary>
    public sealed record InvalidJson(long? Line, long? Position) : AutomationError("body.invalid_json", "The body is not valid JSON.");

    /// <summary>The body is JSON, but one of its texts is not Unicode.</summary>
    public sealed record NotUnicode(string Place) : AutomationError("input.not_unicode", $"{Place} {UnicodeCheck.Problem}");

    /// <summary>The input has more bytes than its limit.</summary>
    /// <param name="What">What was measured, for people.</param>
    public sealed record TooLarge(string What, long Bytes, long Limit)
        : AutomationError(
            "input.too_large",
            string.Create(CultureInfo.InvariantCulture, $"{What} has {Bytes:N0} bytes as JSON; the limit is {Limit:N0}.")
        );

    /// <summary>The rate limit of the webhook is reached.</summary>
    public sealed record RateLimited(WebhookRate Rate, TimeSpan RetryAfter)
        : AutomationError(
            "webhook.rate_limited",
            $"This webhook takes at most {Rate.Limit} deliveries in its window. The next one is taken at "
                + $"{Rate.ResetsAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}."
        );
}
