using SaaSFlows.Automation.Endings;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.SubWorkflows;

/// <summary>Cancels the sub-workflows that an ended execution or a cancelled branch still waits for. Each of them then cancels its own.</summary>
/// <param name="worker">Resolved lazily, because the worker depends on this class.</param>
internal sealed class CancelChildren(TenantDatabase database, Inbox inbox, Func<ExecutionWorker> worker) : IEndingHandler, IDroppedWaits
{
    public EndingFlags Flag => EndingFlags.CancelChildren;

    public Task HandleAsync(Ending ending, CancellationToken ct) =>
        CancelAsync(ending.Tenant, ending.Execution, null, $"The execution {ending.Execution} that waited for this one has ended.", ct);

    public Task DroppedAsync(ExecutionRef execution, IReadOnlyCollection<BookmarkId> bookmarks, CancellationToken ct) =>
        CancelAsync(
            execution.Tenant,
            execution.Id,
            bookmarks,
            $"The branch of the execution {execution.Id} that waited for this one was cancelled.",
            ct
        );

    private async Task CancelAsync(
        TenantId tenant,
        ExecutionId parent,
        IReadOnlyCollection<BookmarkId>? bookmarks,
        string reason,
        CancellationToken ct
    )
    {
        foreach (var child in await ChildrenAsync(tenant, parent, bookmarks, ct))
        {
            await inbox.DeliverAsync(tenant, child, InboxFactKind.Cancel, null, JournalBodies.Cancel("workflow", reason), ct);
            worker().FactsArrived(child);
        }
    }

    private Task<List<ExecutionId>> ChildrenAsync(
        TenantId tenant,
        ExecutionId parent,
        IReadOnlyCollection<BookmarkId>? bookmarks,
        CancellationToken ct
    ) =>
        database.QueryAsync(
            new TenantScope(tenant, CommunityScope.All),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    "select id from engine.executions where parent_execution_id = $1 and parent_bookmark_id is not null and status < 4 and "
                        + "($2::uuid[] is null or parent_bookmark_id = any ($2))",
                    parent.Value,
                    bookmarks?.Select(bookmark => bookmark.Value).ToArray()
                );
                var children = new List<ExecutionId>();
                await using var reader = await command.ExecuteReaderAsync(cancel);
                while (await reader.ReadAsync(cancel))
                {
                    children.Add(new(reader.GetGuid(0)));
                }

                return children;
            },
            ct
        );
}
