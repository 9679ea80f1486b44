using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Activities;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Deliveries;

/// <summary>
/// Starts a workflow for an authenticated caller like a delivery to its webhook. The webhook's token, signature and allowlist are not checked.
/// </summary>
public sealed class DeliverByName(StartExecution start, PublishedWorkflows published, ReceiveWebhook receive)
{
    /// <param name="delivery">Its headers and query reach the trigger; its event id is the caller's idempotency key.</param>
    /// <param name="data">A JSON object: the payload, which also overrides the workflow's global variables. Without a webhook trigger, the manual
    /// trigger is used.</param>
    public async Task<Result<NamedDelivery>> RunAsync(Caller caller, WorkflowId id, Delivery delivery, JsonElement data, CancellationToken ct)
    {
        var workflow = await published.FindAsync(caller.TenantId, id, fresh: false, ct);
        var node = workflow
            ?.Graph?.Triggers.FirstOrDefault(trigger => trigger.Enabled && trigger.Descriptor.Type == NodeTypes.TriggerWebhook)
            ?.Id.Value;
        if (node is null)
        {
            return (await start.ForCallerAsync(caller, id, null, data, default, delivery.EventId, ct)).Match<Result<NamedDelivery>>(
                execution => new NamedDelivery(execution, null),
                refused => refused
            );
        }

        if (!ReceiveWebhook.TryReadInput(delivery, data.ToUtf8(), out var input, out var wrong))
        {
            return wrong;
        }

        var request = new StartRequest(caller.TenantId, id, "webhook", node, input, data, default, null, caller.UserId, null);
        return (await start.ForCallerAsync(caller, request, data, delivery.EventId, ct)).IsOk(out var started, out var refusal)
            ? new NamedDelivery(started, await receive.ResultAsync(caller.TenantId, id, node, started, delivery.BeforeWaiting, ct))
            : refusal;
    }
}

/// <summary>An accepted delivery.</summary>
/// <param name="Result">The end of the execution; null unless the trigger answers with the result.</param>
public sealed record NamedDelivery(StartedExecution Execution, ExecutionEnd? Result);
