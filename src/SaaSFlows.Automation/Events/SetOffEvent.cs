using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SaaSFlows.Activities;
using SaaSFlows.Activities.Events;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Events;

/// <summary>Delivers a stored event to waiting executions and starts the workflows that it triggers. A repeated call does nothing twice.</summary>
internal sealed class SetOffEvent(EventStore store, EventTriggers triggers, StartExecution start, OpenWaits waits)
{
    /// <param name="grantedTo">The user whose grants on restricted workflows count; null for none.</param>
    /// <param name="isNew">Whether this can be the first call; otherwise only waits that were open at the publication receive the event.</param>
    public async Task<PublishedEvent> RunAsync(TenantId tenant, StoredEvent stored, UserId? grantedTo, bool isNew, CancellationToken ct)
    {
        var payload = stored.Payload();
        var scope = new TenantScope(tenant, stored.Community is { } one ? CommunityScope.Of(one) : CommunityScope.All) { GrantedTo = grantedTo };
        // Waits come first, so that an execution that this event starts does not receive it.
        var stimulus = Encoding.UTF8.GetBytes(payload.GetRawText());
        var resumed = await waits.ResumeAsync(
            scope,
            (WaitKinds.Event, stored.Type),
            isNew ? DateTimeOffset.MaxValue : stored.PublishedAt,
            demands => EventMatch.Matches(demands, payload) ? stimulus : null,
            ct
        );
        var (started, refused) = (new List<StartedByEvent>(), new List<RefusedByEvent>());
        foreach (var trigger in await triggers.FindAsync(scope, stored.Type, payload, null, ct))
        {
            (await StartAsync(tenant, trigger, stored, payload, ct)).Match(
                execution =>
                {
                    started.Add(new(execution.Id, execution.Workflow));
                    return true;
                },
                error =>
                {
                    refused.Add(new(trigger.WorkflowId, error.Code, error.Message));
                    return false;
                }
            );
        }

        await store.SettleAsync(tenant, stored.Id, ct);
        return new PublishedEvent(stored.Id, stored.Type, stored.PublishedAt, started, resumed, refused)
        {
            Number = stored.Number,
            AggregateId = stored.AggregateId,
            Version = stored.Version,
        };
    }

    private Task<Result<StartedExecution>> StartAsync(
        TenantId tenant,
        TriggerRow trigger,
        StoredEvent stored,
        JsonElement payload,
        CancellationToken ct
    )
    {
        // The id of the event makes starts idempotent: executions that a dead process has started are not started again.
        var key = new EventKey(
            trigger.WorkflowId.Value,
            $"event:{stored.Id}:{trigger.NodeId}",
            SHA256.HashData(stored.Id.Value.ToByteArray()),
            StartExecution.KeepEventKeys
        );
        return start.RunAsync(
            new StartRequest(tenant, trigger.WorkflowId, "event", trigger.NodeId, payload, default, default, null, stored.PublishedBy, key),
            ct
        );
    }
}
