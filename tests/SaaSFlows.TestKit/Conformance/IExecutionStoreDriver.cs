using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.TestKit.Conformance;

/// <summary>What the conformance suites need of a store besides its two ports: what accept, outside facts and the claimer of due rows do.</summary>
public interface IExecutionStoreDriver
{
    IJournal Journal { get; }

    IExecutionQueue Queue { get; }

    /// <summary>A tenant that executions can belong to.</summary>
    Task<TenantId> NewTenantAsync(CancellationToken ct);

    /// <summary>Stores an execution with its first event, available to workers at once.</summary>
    Task<ExecutionRef> AcceptAsync(TenantId tenant, CancellationToken ct);

    /// <summary>Puts a fact into the inbox and the execution into the queue, as one; does nothing if the execution ended.</summary>
    Task PutFactAsync(ExecutionRef execution, InboxFactKind kind, BookmarkId? bookmark, byte[] body, CancellationToken ct);

    /// <summary>The bookmarks that are stored for an execution.</summary>
    Task<IReadOnlyList<Bookmark>> BookmarksAsync(ExecutionRef execution, CancellationToken ct);

    /// <summary>Makes every lease run out and every yielded execution available, as if time had passed.</summary>
    Task LetTimePassAsync(CancellationToken ct);
}
