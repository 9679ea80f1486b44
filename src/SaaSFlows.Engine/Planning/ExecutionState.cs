using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Planning;

/// <summary>
/// Where an execution stands: the fold of its facts. <see cref="Apply"/> is the only code that changes it, live and on replay. What it
/// holds grows with what lives, not with what has happened.
/// </summary>
internal sealed partial class ExecutionState
{
    private const int LargestKept = 256;
    private static readonly TimeSpan LongestIdleGap = TimeSpan.FromMinutes(1);

    private readonly StateParts _parts;
    private readonly ScopeInstance _root;

    // Most executions need none of these: each is made when it is first needed.
    private Dictionary<BookmarkId, Token>? _waiting;
    private HashSet<BookmarkId>? _endedBookmarks;
    private List<BookmarkId>? _closed;
    private List<BookmarkId>? _dropped;
    private List<int>? _cancelled;

    private TimeSpan _ranFor;
    private int _active;
    private int _lastToken;
    private int _lastScope;
    private bool _endWasReached;
    private bool _isReleased;

    public ExecutionState(CompiledGraph graph)
    {
        Graph = graph;
        _parts = StateParts.Rent(graph);
        _root = OpenScope(graph.Scopes[0], null, 0);
    }

    public CompiledGraph Graph { get; }

    public ExecutionStatus Status { get; private set; } = ExecutionStatus.Queued;

    /// <summary>The live tokens, in no order.</summary>
    public IReadOnlyCollection<Token> Live => _parts.Live.Values;

    /// <summary>Whether something can go on without a bookmark being reached.</summary>
    public bool HasWork => _active > 0;

    /// <summary>Whether all there is to do is to wait for bookmarks.</summary>
    public bool IsParked => _active == 0 && _waiting?.Count > 0;

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

    /// <summary>The workflow's variables.</summary>
    public Dictionary<string, JsonElement> Variables => _root.Values.Variables;

    /// <summary>Bytes of the names and values of all variables that there are now, those of iterations included.</summary>
    public long VariableBytes { get; private set; }

    /// <summary>Bookmarks that the last fact closed without their being reached.</summary>
    public IReadOnlyList<BookmarkId> Closed => (IReadOnlyList<BookmarkId>?)_closed ?? [];

    /// <summary>Those of them at which an activity of a cancelled branch waited.</summary>
    public IReadOnlyList<BookmarkId> Dropped => _dropped is null ? [] : _dropped;

    /// <summary>Tokens that the last fact cancelled.</summary>
    public IReadOnlyList<int> Cancelled => (IReadOnlyList<int>?)_cancelled ?? [];

    /// <summary>The ordinal of the run that <paramref name="token"/> is in or will begin.</summary>
    public static int OrdinalOf(Token token) => token.Ordinal >= 0 ? token.Ordinal : token.Scope.Runs[token.Node.Slot];

    public bool HasEnded(BookmarkId bookmark) => _endedBookmarks?.Contains(bookmark) == true;

    /// <summary>The token that waits at <paramref name="bookmark"/>, or null.</summary>
    public Token? At(BookmarkId bookmark) => _waiting?.GetValueOrDefault(bookmark);

    /// <summary>What expressions see from <paramref name="scope"/> now; may change with the next fact.</summary>
    public static ExecutionValues ValuesOf(ScopeInstance scope)
    {
        if (scope.Parent is { } around && ValuesOf(around) is var parent && scope.Values.Parent != parent)
        {
            ChangeValues(scope).Parent = parent;
        }

        return scope.Values;
    }

    /// <summary>What expressions see from <paramref name="scope"/> now, never changed again.</summary>
    public static ExecutionValues ShareValues(ScopeInstance scope)
    {
        var values = ValuesOf(scope);
        values.Share();
        return values;
    }

    /// <summary>The tokens that the merge of this token takes when it runs, in the order of the definition's connections.</summary>
    public static List<Token> Gathering(Token waiting)
    {
        var merge = waiting.Node;
        var gathered = new List<Token>();
        for (
            var token = waiting.Scope.Merges[merge.Slot].First;
            token is not null && (merge.RequiredTokens <= 0 || gathered.Count < merge.RequiredTokens);
            token = token.NextGathered
        )
        {
            gathered.Add(token);
        }

        gathered.Sort((left, right) => left.Via != right.Via ? left.Via.CompareTo(right.Via) : left.Id.CompareTo(right.Id));
        return gathered;
    }

    /// <summary>How long the execution has run: see <c>docs/execution-semantics.md</c>, Limits.</summary>
    public TimeSpan RanFor(DateTimeOffset now)
    {
        var gap = now - LastAt;
        if (_active == 0 || gap <= TimeSpan.Zero || LastAt == default)
        {
            return _ranFor;
        }

        if (gap > LongestIdleGap)
        {
            var longest = LongestIdleGap;
            foreach (var token in _parts.Live.Values)
            {
                longest = token.State == TokenState.Intended && token.Node.Timeout > longest ? token.Node.Timeout.Value : longest;
            }

            gap = gap < longest ? gap : longest;
        }

        return _ranFor + gap;
    }

    /// <summary>
    /// Leaves its parts to the next execution, if it is over and was small. Nobody may look at it afterwards, so nobody who has seen its tokens may
    /// be left.
    /// </summary>
    public void Release()
    {
        if (_parts.Live.Count == 0 && _lastToken <= LargestKept && !_isReleased)
        {
            _isReleased = true;
            _parts.GiveBack(_root);
            _parts.Return();
        }
    }

    /// <summary>What <see cref="VariableBytes"/> would be with these set.</summary>
    public long VariableBytesWith(ScopeInstance scope, IReadOnlyList<Variable> variables)
    {
        var bytes = VariableBytes;
        foreach (var (name, value, isLocal) in variables)
        {
            bytes +=
                BytesOf(name, value) - ((isLocal ? scope : _root).Values.Variables.TryGetValue(name, out var before) ? BytesOf(name, before) : 0);
        }

        return bytes;
    }

    private static int BytesOf(string name, JsonElement value) => name.Length + JsonMarshal.GetRawUtf8Value(value).Length;

    private static ExecutionValues ChangeValues(ScopeInstance scope) => scope.Values = scope.Values.IsShared ? scope.Values.Copy() : scope.Values;
}
