using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Journaling;

/// <summary>One fenced write for one execution: events and what becomes of the execution, all or nothing.</summary>
/// <param name="Fence">The claim under which it is written; a newer claim makes it <see cref="AppendVerdict.LostLease"/>.</param>
/// <param name="BaseSeq">The last sequence number already stored; <paramref name="Events"/> start at the next.</param>
/// <param name="ConsumedInbox">Numbers of the inbox facts that these events took in; they leave the inbox.</param>
/// <param name="NewBookmarks">Places where the execution waits from now on.</param>
/// <param name="EndedBookmarks">Places that are done with.</param>
public sealed record JournalAppend(
    ExecutionId Execution,
    long Fence,
    long BaseSeq,
    IReadOnlyList<JournalEvent> Events,
    IReadOnlyList<long> ConsumedInbox,
    IReadOnlyList<Bookmark> NewBookmarks,
    IReadOnlyList<BookmarkId> EndedBookmarks,
    ExecutionTransition Transition
);

/// <summary>A place where an execution waits.</summary>
/// <param name="Kind">Such as <c>timer</c>, <c>retry</c>.</param>
/// <param name="Key">What a stimulus must carry; null if only time ends the wait.</param>
/// <param name="Due">When the wait ends by itself, UTC; null for never.</param>
public sealed record Bookmark(BookmarkId Id, NodeId Node, string Kind, string? Key, DateTimeOffset? Due)
{
    /// <summary>What a stimulus must fulfil besides carrying the key, UTF-8 JSON; empty for nothing.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}

/// <summary>What a write makes of the execution. A closed family: read it through <see cref="Match{T}"/>.</summary>
public abstract record ExecutionTransition
{
    // Private, so the nested cases below are the whole family.
    private ExecutionTransition() { }

    public T Match<T>(Func<Continue, T> @continue, Func<Park, T> park, Func<Yield, T> @yield, Func<End, T> end) =>
        this switch
        {
            Continue transition => @continue(transition),
            Park transition => park(transition),
            Yield transition => @yield(transition),
            End transition => end(transition),
            _ => throw new InvalidOperationException("The family of transitions is closed."),
        };

    /// <summary>The worker keeps it.</summary>
    public sealed record Continue : ExecutionTransition
    {
        public static Continue Instance { get; } = new();
    }

    /// <summary>
    /// Nothing left to do until a bookmark is reached: lease and queue row go. Only if no fact has come into the inbox after
    /// <paramref name="SeenInbox"/>; otherwise the whole write is refused with <see cref="AppendVerdict.InboxNotEmpty"/>.
    /// </summary>
    public sealed record Park(long SeenInbox) : ExecutionTransition;

    /// <summary>Given back to the queue, to be claimed at <paramref name="AvailableAt"/> or later.</summary>
    public sealed record Yield(DateTimeOffset AvailableAt) : ExecutionTransition;

    /// <summary>Over. Queue row, bookmarks and inbox go.</summary>
    /// <param name="Status">Completed, failed or cancelled.</param>
    /// <param name="Output">Final output, UTF-8 JSON; empty for none.</param>
    /// <param name="NodesExecuted">Node runs that ended, well or not.</param>
    public sealed record End(
        ExecutionStatus Status,
        ReadOnlyMemory<byte> Output,
        string? ErrorCode,
        string? ErrorMessage,
        NodeId? ErrorNode,
        int NodesExecuted
    ) : ExecutionTransition;
}

/// <summary>What became of a <see cref="JournalAppend"/>.</summary>
public enum AppendVerdict
{
    /// <summary>Stored and committed.</summary>
    Written,

    /// <summary>Somebody else claimed the execution, or it ended: nothing was stored. The runner drops the execution at once.</summary>
    LostLease,

    /// <summary>A park was refused because facts wait in the inbox: nothing was stored.</summary>
    InboxNotEmpty,
}
