using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Planning;

/// <summary>
/// Where an execution stands: the fold of its facts. <see cref="Apply"/> is the only code that changes it, live and on replay.
/// </summary>
internal sealed partial class ExecutionState(CompiledGraph graph)
{
    // In the order of their numbers: new ones have the highest.
    private readonly List<Token> _live = [];
    private readonly int[] _runs = new int[graph.Nodes.Length];
    private readonly int[] _gathered = new int[graph.Nodes.Length];
    private readonly bool[] _merged = new bool[graph.Nodes.Length];
    private readonly HashSet<BookmarkId> _endedBookmarks = [];
    private ExecutionValues _values = new(graph.Nodes.Length);
    private bool _valuesAreShared;
    private int _lastToken;
    private bool _endWasReached;

    public CompiledGraph Graph { get; } = graph;

    public ExecutionStatus Status { get; private set; } = ExecutionStatus.Queued;

    public IReadOnlyList<Token> Live => _live;

    public bool CancelRequested { get; private set; }

    /// <summary>The failure that ends the execution; null if none does.</summary>
    public EventBody.ExecutionFailed? Failure { get; private set; }

    /// <summary>Final output as far as it is known.</summary>
    public JsonElement Output { get; private set; }

    /// <summary>Time of the last fact.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>Node runs begun.</summary>
    public int RunsBegun { get; private set; }

    /// <summary>Node runs that ended, well or not.</summary>
    public int RunsEnded { get; private set; }

    /// <summary>What expressions see now; may change with the next fact.</summary>
    public ExecutionValues Values => _values;

    public int Gathered(CompiledNode merge) => _gathered[merge.Index];

    public bool HasMerged(CompiledNode merge) => _merged[merge.Index];

    /// <summary>The ordinal of the run that <paramref name="token"/> is in or will begin.</summary>
    public int OrdinalOf(Token token) => token.Ordinal >= 0 ? token.Ordinal : _runs[token.Node.Index];

    public bool HasEnded(BookmarkId bookmark) => _endedBookmarks.Contains(bookmark);

    /// <summary>The token that waits at <paramref name="bookmark"/>, or null.</summary>
    public Token? At(BookmarkId bookmark) => _live.Find(token => token.Bookmark == bookmark);

    /// <summary>What expressions see now, never changed again.</summary>
    public ExecutionValues ShareValues()
    {
        _valuesAreShared = true;
        return _values;
    }

    /// <summary>The tokens that a merge takes when it runs, in the order of the definition's connections.</summary>
    public List<Token> Gathering(CompiledNode merge)
    {
        var gathered = _live.FindAll(token => token.Node == merge && token.State == TokenState.Gathered);
        if (merge.RequiredTokens > 0 && gathered.Count > merge.RequiredTokens)
        {
            gathered.RemoveRange(merge.RequiredTokens, gathered.Count - merge.RequiredTokens);
        }

        gathered.Sort((left, right) => left.Via != right.Via ? left.Via.CompareTo(right.Via) : left.Id.CompareTo(right.Id));
        return gathered;
    }
}
