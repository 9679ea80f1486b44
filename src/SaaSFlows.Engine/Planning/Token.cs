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
}

/// <summary>A live token. Only the fold changes it.</summary>
internal sealed class Token(int id, CompiledNode node, int via, JsonElement value)
{
    public int Id { get; } = id;

    public CompiledNode Node { get; } = node;

    /// <summary>Place of the connection that it came over, -1 for the first token.</summary>
    public int Via { get; } = via;

    /// <summary>What it carries.</summary>
    public JsonElement Value { get; } = value;

    public TokenState State { get; set; }

    /// <summary>Which run of the node this is; -1 before it began.</summary>
    public int Ordinal { get; set; } = -1;

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

    /// <summary>What the open bookmark waits for.</summary>
    public string BookmarkKind { get; set; } = "";

    public DateTimeOffset? RetryAt { get; set; }

    public Stimulus? Stimulus { get; set; }
}
