using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Planning;

/// <summary>
/// What a state keeps its tokens and scopes in. An execution that is over leaves its parts, emptied, to the next one of the same graph on the
/// same thread: what they hold is used again within an execution anyway.
/// </summary>
internal sealed class StateParts(CompiledGraph graph)
{
    [ThreadStatic]
    private static StateParts? _spare;

    private readonly Stack<ScopeInstance>?[] _idle = new Stack<ScopeInstance>?[graph.Scopes.Length];
    private Token? _spareToken;

    public Dictionary<int, Token> Live { get; } = [];

    public PriorityQueue<Token, int> Pure { get; } = new();

    private CompiledGraph Graph { get; } = graph;

    public static StateParts Rent(CompiledGraph graph)
    {
        if (_spare is { } spare && spare.Graph == graph)
        {
            _spare = null;
            return spare;
        }

        return new(graph);
    }

    /// <summary>Keeps them for the next execution. No token lives, no scope is open.</summary>
    public void Return()
    {
        Pure.Clear();
        _spare = this;
    }

    public Token TakeToken()
    {
        var token = _spareToken ?? new();
        _spareToken = token.Next;
        return token;
    }

    public void GiveBack(Token token)
    {
        token.Retire(_spareToken);
        _spareToken = token;
    }

    public ScopeInstance TakeScope(CompiledScope shape) => _idle[shape.Index] is { } idle && idle.TryPop(out var spare) ? spare : new(shape);

    public void GiveBack(ScopeInstance scope)
    {
        scope.Close();
        (_idle[scope.Shape.Index] ??= new()).Push(scope);
    }
}
