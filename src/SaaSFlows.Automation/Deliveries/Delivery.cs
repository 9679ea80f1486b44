using System.Net;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Deliveries;

/// <summary>A call to a webhook, without its body.</summary>
/// <param name="From">Who called; null if unknown, which no allowlist lets in.</param>
/// <param name="EventId">The sender's id of the event; null for none.</param>
/// <param name="Headers">Lower-case names; those with secrets left out.</param>
/// <param name="Query">By name as it was sent, each value by itself.</param>
public sealed record Delivery(
    string Token,
    IPAddress? From,
    string? Signature,
    string? EventId,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    IReadOnlyList<KeyValuePair<string, string[]>> Query
)
{
    /// <summary>The tenant whose webhook it must be; null for any.</summary>
    public TenantId? Tenant { get; init; }

    /// <summary>Called before the answer waits for an execution that goes on without it.</summary>
    public Action? BeforeWaiting { get; init; }
}

/// <summary>A delivery that was let in: its execution is on disk.</summary>
/// <param name="Result">Set where the webhook answers with the result: how it ended, or where it stands if that took too long.</param>
public sealed record ReceivedDelivery(TenantId Tenant, WebhookId Webhook, StartedExecution Execution, ExecutionEnd? Result);
