using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Automation.Executions.Internal;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Retries an ended execution as a new one that is linked to it: from its start, or from any node that it ran.</summary>
public sealed class RetryExecution(
    TenantDatabase database,
    PublishedWorkflows published,
    VersionGraphs graphs,
    ExecutionHistory history,
    StartExecution start,
    AuditLog audit
)
{
    // The state that a retry begins with is one event of its journal.
    private const int MaxSeedBytes = 16 * 1024 * 1024;

    /// <param name="from">The node to begin at, with its earlier input; null for the start.</param>
    /// <param name="latest">Run the version that is published now instead of the one that ran.</param>
    /// <param name="idempotencyKey">A second call with the same key and options returns the first execution; null for none.</param>
    public async Task<Result<StartedExecution>> RunAsync(
        Caller caller,
        ExecutionId id,
        NodeId? from,
        bool latest,
        string? idempotencyKey,
        CancellationToken ct
    )
    {
        if (await FindAsync(caller, id, ct) is not { } first)
        {
            return new AutomationError.NotFound("execution");
        }

        if (!caller.May(Permission.ExecuteWorkflows, first.Community))
        {
            return new AutomationError.Forbidden(Permission.ExecuteWorkflows);
        }

        if (!first.Rights.HasFlag(WorkflowRights.Execute))
        {
            return new AutomationError.Forbidden(WorkflowRights.Execute);
        }

        if (first.Status is not (ExecutionStatus.Completed or ExecutionStatus.Failed or ExecutionStatus.Cancelled))
        {
            return new AutomationError.Conflict("execution.not_ended", "Only an execution that has ended can be retried; cancel it first.");
        }

        var ran =
            await graphs.FindAsync(caller.TenantId, first.Version, ct)
            ?? throw new InvalidOperationException($"The version {first.Version} of an execution is missing.");
        var now = latest ? await published.FindAsync(caller.TenantId, first.Workflow, fresh: true, ct) : null;
        if ((latest ? now?.Graph : ran) is not { } wanted)
        {
            return now?.Status == WorkflowStatus.Archived ? StartExecution.Archived : StartExecution.NotPublished;
        }

        var (started, refused) = from is { } node
            ? await FromNodeAsync(caller, id, ran, wanted, node, ct)
            : await FromStartAsync(caller, id, ran, wanted, ct);
        if (started is null)
        {
            return refused!;
        }

        var key = idempotencyKey is null
            ? null
            : new EventKey(
                id.Value,
                idempotencyKey,
                SHA256.HashData(Encoding.UTF8.GetBytes($"{from?.Value}\n{latest}")),
                StartExecution.KeepEventKeys
            );
        var retry = new RetryStart(new RetryLink(id, from), latest ? null : first.Version, started, first.OfFailure);
        var result = await start.RunAsync(
            new StartRequest(
                caller.TenantId,
                first.Workflow,
                first.Trigger,
                first.TriggerNode,
                first.Input,
                default,
                first.Metadata,
                null,
                caller.UserId,
                key
            )
            {
                Retry = retry,
            },
            ct
        );
        if (result.IsOk(out var again, out _) && !again.IsRepeat)
        {
            await audit.WriteAsync(
                database,
                caller,
                AuditActions.ExecutionRetried,
                again.Id,
                new
                {
                    retry_of = id,
                    from_node = from?.Value,
                    latest,
                }
            );
        }

        return result;
    }

    private async Task<(JournalEvent? Started, AutomationError? Refused)> FromStartAsync(
        Caller caller,
        ExecutionId id,
        CompiledGraph ran,
        CompiledGraph wanted,
        CancellationToken ct
    )
    {
        var first = await history.FirstAsync(caller.Scope(), id, ct);
        return (JournalBodies.BeginsAt(first) ?? first.Node) is { } node && Problem(ran, wanted, node) is { } problem
            ? (null, new AutomationError.BadInput("version", $"can't be latest: the node '{node}' that this execution began at {problem}"))
            : (first, null);
    }

    private async Task<(JournalEvent? Started, AutomationError? Refused)> FromNodeAsync(
        Caller caller,
        ExecutionId id,
        CompiledGraph ran,
        CompiledGraph wanted,
        NodeId node,
        CancellationToken ct
    )
    {
        if (ran.Triggers.Any(trigger => trigger.Id == node))
        {
            return await FromStartAsync(caller, id, ran, wanted, ct);
        }

        if (Find(ran, node) is null)
        {
            return (null, Wrong("is not a node of this execution."));
        }

        if (ran.IsInLoop(node))
        {
            return (null, Wrong("is inside a loop: choose the loop itself or a node outside of it."));
        }

        if (Problem(ran, wanted, node) is { } problem)
        {
            return (null, Wrong($"can't be '{node}': it {problem}"));
        }

        var point = new RetryPoint(ran, node);
        await foreach (var recorded in history.ReadAsync(caller.Scope(), id, 0, ct))
        {
            point.Apply(recorded);
        }

        if (!point.IsFound)
        {
            return (null, Wrong("never ran in this execution."));
        }

        var started = point.Started();
        return started.Body.Length <= MaxSeedBytes
            ? (started, null)
            : (
                null,
                new AutomationError.Conflict(
                    "retry.too_large",
                    $"The outputs of the nodes before it have {started.Body.Length:N0} bytes; the limit of a retry is {MaxSeedBytes:N0}."
                )
            );

        static AutomationError.BadInput Wrong(string problem) => new("from_node", problem);
    }

    /// <summary>Returns the reason why an execution of another version can't begin at this node, or null if it can.</summary>
    private static string? Problem(CompiledGraph ran, CompiledGraph wanted, NodeId node)
    {
        if (ran == wanted)
        {
            return null;
        }

        var after = Find(wanted, node);
        return after is null || after.Type != Find(ran, node)?.Type ? "does not exist in the newest version."
            : !after.Enabled ? "is switched off in the newest version."
            : wanted.IsInLoop(node) ? "is inside a loop in the newest version."
            : null;
    }

    private static NodeDefinition? Find(CompiledGraph graph, NodeId node) => graph.Definition.Nodes.FirstOrDefault(one => one.Id == node);

    private Task<First?> FindAsync(Caller caller, ExecutionId id, CancellationToken ct) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    """
                    select e.workflow_id, e.community_id, e.version_id, e.status, e.trigger, e.trigger_node, e.of_failure, e.input, e.metadata,
                        accounts.workflow_rights(e.workflow_id)
                    from engine.executions e join automation.workflows w on w.id = e.workflow_id where e.id = $1
                    """,
                    id.Value
                );
                await using var reader = await command.ExecuteReaderAsync(cancel);
                return await reader.ReadAsync(cancel)
                    ? new First(
                        new(reader.GetGuid(0)),
                        new(reader.GetInt64(1)),
                        new(reader.GetGuid(2)),
                        (ExecutionStatus)reader.GetInt16(3),
                        reader.GetString(4),
                        reader.GetString(5),
                        reader.GetBoolean(6),
                        JsonElement.Parse(reader.GetFieldValue<byte[]>(7)),
                        reader.IsDBNull(8) ? default : JsonElement.Parse(reader.GetFieldValue<byte[]>(8)),
                        (WorkflowRights)reader.GetInt32(9)
                    )
                    : null;
            },
            ct
        );

    private sealed record First(
        WorkflowId Workflow,
        CommunityId Community,
        WorkflowVersionId Version,
        ExecutionStatus Status,
        string Trigger,
        string TriggerNode,
        bool OfFailure,
        JsonElement Input,
        JsonElement Metadata,
        WorkflowRights Rights
    );
}
