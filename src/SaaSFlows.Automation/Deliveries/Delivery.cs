using System.Net;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Deliveries;

/// <summary>A call to a webhook, without its body.</summary>
/// <param name="From">The caller's address; null if unknown, which no allowlist accepts.</param>
/// <param name="EventId">The sender's id of the event; null for none.</param>
/// <param name="Headers">Headers with lower-case names, without those that hold secrets.</param>
/// <param name="Query">The query parameters as they were sent, each value separately.</param>
public sealed record Delivery(
    string Token,
    IPAddress? From,
    string? Signature,
    string? EventId,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    IReadOnlyList<KeyValuePair<string, string[]>> Query
)
{
    /// <summary>The tenant that the webhook must belong to; null for any.</summary>
    public TenantId? Tenant { get; init; }

    /// <summary>Called before the answer waits for the end of the execution.</summary>
    public Action? BeforeWaiting { get; init; }
}

/// <summary>An accepted delivery. Its execution is stored.</summary>
/// <param name="Result">Set if the webhook answers with the result: the end of the execution, or its status if that takes too long.</param>
public sealed record ReceivedDelivery(TenantId Tenant, WebhookId Webhook, StartedExecution Execution, ExecutionEnd? Result);
