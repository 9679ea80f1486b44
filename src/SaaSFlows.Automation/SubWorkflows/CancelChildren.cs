using Npgsql;
using SaaSFlows.Automation.Endings;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.SubWorkflows;

/// <summary>Cancels what an execution still waited for when it ended; each of those then cancels its own.</summary>
internal sealed class CancelChildren(TenantDatabase database, Inbox inbox, ExecutionWorker worker) : IEndingHandler
{
    public EndingFlags Flag => EndingFlags.CancelChildren;

    public async Task HandleAsync(Ending ending, CancellationToken ct)
    {
        var reason = JournalBodies.Cancel("workflow", $"The execution {ending.Execution} that waited for this one has ended.");
        foreach (var child in await ChildrenAsync(ending, ct))
        {
            await inbox.DeliverAsync(ending.Tenant, child, InboxFactKind.Cancel, null, reason, ct);
            worker.FactsArrived(child);
        }
    }

    private Task<List<ExecutionId>> ChildrenAsync(Ending ending, CancellationToken ct) =>
        database.QueryAsync(new TenantScope(ending.Tenant, CommunityScope.All), async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand(
                "select id from engine.executions where parent_execution_id = $1 and parent_bookmark_id is not null and status < 4", connection)
            {
                Parameters = { new NpgsqlParameter<Guid> { TypedValue = ending.Execution.Value } },
            };
            var children = new List<ExecutionId>();
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                children.Add(new(reader.GetGuid(0)));
            }

            return children;
        }, ct);
}
