using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Planning;

/// <summary>Where a token stands.</summary>
internal enum TokenState
{
    /// <summary>Something can be done with it.</summary>
    Ready,

    /// <summary>It waits at a merge for others.</summary>
    Gathered,

    /// <summary>Its effect was begun; no result is recorded.</summary>
    Intended,

    /// <summary>It waits at a bookmark of its activity.</summary>
    Suspended,

    /// <summary>A fact reached its bookmark; the activity has not yet made a result of it.</summary>
    Resuming,

    /// <summary>A try failed; the next is not due.</summary>
    RetryWaiting,

    /// <summary>It is at a loop whose iterations run.</summary>
    Looping,

    /// <summary>Its branch has not begun: too many run beside it.</summary>
    Held,

    /// <summary>Its node is done; it stays to watch over the time limit of the branches that left it.</summary>
    Watching,

    /// <summary>It is consumed.</summary>
    Gone,
}

/// <summary>A live token. Only the fold changes it; used again under another number when it is consumed.</summary>
internal sealed class Token
{
    public int Id { get; private set; }

    public CompiledNode Node { get; private set; } = null!;

    public ScopeInstance Scope { get; private set; } = null!;

    /// <summary>Place of the connection that it came over, -1 for the first token.</summary>
    public int Via { get; private set; }

    /// <summary>What it carries.</summary>
    public JsonElement Value { get; private set; }

    /// <summary>The branch that it belongs to; null if nobody watches over it.</summary>
    public Branch? Branch { get; private set; }

    /// <summary>The branch that brought it here, where it left that one by arriving; null if it left none.</summary>
    public Branch? From { get; private set; }

    public TokenState State { get; set; }

    /// <summary>Which run of the node this is; -1 before it began.</summary>
    public int Ordinal { get; set; }

    /// <summary>Tries begun.</summary>
    public int Attempt { get; set; }

    /// <summary>Tries that were recorded as failed.</summary>
    public int Failures { get; set; }

    /// <summary>Tries begun since the last recorded result.</summary>
    public int OpenTries { get; set; }

    /// <summary>Bookmarks opened.</summary>
    public int Bookmarks { get; set; }

    /// <summary>The open bookmark; null also for a retry that waits in memory.</summary>
    public BookmarkId? Bookmark { get; set; }

    /// <summary>When the open bookmark is due; null if it has no such time.</summary>
    public DateTimeOffset? Due { get; set; }

    /// <summary>What the open bookmark waits for.</summary>
    public string BookmarkKind { get; set; } = "";

    public DateTimeOffset? RetryAt { get; set; }

    /// <summary>When the run began.</summary>
    public DateTimeOffset BegunAt { get; set; }

    public Stimulus? Stimulus { get; set; }

    /// <summary>The loop that it runs; null before it started and for all other nodes.</summary>
    public LoopRun? Loop { get; set; }

    /// <summary>The branches that it watches over.</summary>
    public BranchGroup? Watched { get; set; }

    /// <summary>Whether it counts as something that can go on without the outside.</summary>
    public bool IsActive { get; set; }

    /// <summary>Somebody outside of the fold may hold it: never used again.</summary>
    public bool IsPinned { get; set; }

    /// <summary>Neighbours in its instance's list; when it is consumed, <see cref="Next"/> is the next spare one.</summary>
    public Token? Previous { get; set; }

    public Token? Next { get; set; }

    /// <summary>The next one gathered at the same merge.</summary>
    public Token? NextGathered { get; set; }

    public void Reset(int id, CompiledNode node, ScopeInstance scope, int via, JsonElement value, Branch? branch, Branch? from)
    {
        (Id, Node, Scope, Via, Value, Branch, From) = (id, node, scope, via, value, branch, from);
        State = TokenState.Ready;
        Ordinal = -1;
        Attempt = Failures = OpenTries = Bookmarks = 0;
        Bookmark = null;
        RetryAt = Due = null;
        Stimulus = null;
        Loop = null;
        Watched = null;
        IsActive = false;
        NextGathered = null;
    }

    /// <summary>Forgets what it was, so that nothing is kept alive by it.</summary>
    public void Retire(Token? nextSpare)
    {
        (Id, Value, Branch, From, Loop, Watched, Stimulus, NextGathered) = (0, default, null, null, null, null, null, null);
        (Previous, Next) = (null, nextSpare);
    }
}
