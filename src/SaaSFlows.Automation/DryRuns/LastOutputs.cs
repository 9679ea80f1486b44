using System.Text.Json;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.DryRunning;
using SaaSFlows.Engine.Views;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.DryRuns;

/// <summary>Finds the outputs of nodes in the newest real executions of a workflow.</summary>
public sealed class LastOutputs(TenantDatabase database, VersionGraphs graphs, ExecutionHistory history)
{
    // A person waits for the dry run, so only a few small executions are read.
    private const int MostExecutions = 5;
    private const int MostNodes = 1_000;

    /// <summary>
    /// Returns the last output of each node by another port than error, without the nodes that did not run. Executions that the caller may not read
    /// are not used.
    /// </summary>
    internal async Task<IReadOnlyDictionary<NodeId, KnownOutput>> FindAsync(
        Caller caller,
        WorkflowId workflow,
        CommunityId community,
        IReadOnlySet<NodeId> wanted,
        CancellationToken ct
    )
    {
        var found = new Dictionary<NodeId, KnownOutput>();
        if (wanted.Count == 0 || !caller.May(Permission.ReadExecutions, community))
        {
            return found;
        }

        foreach (var (execution, version) in await NewestAsync(caller.Scope(), workflow, ct))
        {
            if (found.Count == wanted.Count)
            {
                break;
            }

            if (await graphs.FindAsync(caller.TenantId, version, ct) is not { } graph)
            {
                continue;
            }

            var projection = new ExecutionProjection(graph);
            await foreach (var recorded in history.ReadAsync(caller.Scope(), execution, 0, ct))
            {
                projection.Apply(recorded);
            }

            foreach (var node in projection.View().Nodes.Where(node => wanted.Contains(node.Id) && IsUsable(node)))
            {
                found.TryAdd(node.Id, new(node.Output, execution));
            }
        }

        return found;
    }

    private static bool IsUsable(NodeView node) =>
        node is { Status: NodeStatus.Completed, Port: not "error", Output.ValueKind: not JsonValueKind.Undefined };

    private Task<IReadOnlyList<(ExecutionId Id, WorkflowVersionId Version)>> NewestAsync(
        TenantScope scope,
        WorkflowId workflow,
        CancellationToken ct
    ) =>
        database.QueryAsync<IReadOnlyList<(ExecutionId, WorkflowVersionId)>>(
            scope,
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    "select id, version_id from engine.executions where workflow_id = $1 and ended_at is not null and nodes_executed <= $2 order "
                        + "by id desc limit $3",
                    workflow.Value,
                    MostNodes,
                    MostExecutions
                );
                var newest = new List<(ExecutionId, WorkflowVersionId)>();
                await using var reader = await command.ExecuteReaderAsync(cancel);
                while (await reader.ReadAsync(cancel))
                {
                    newest.Add((new(reader.GetGuid(0)), new(reader.GetGuid(1))));
                }

                return newest;
            },
            ct
        );
}
