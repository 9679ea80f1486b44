using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>
/// One try of one node for one token: what its activity sees, and what it said besides its result. A runner uses one again for all its pure nodes.
/// </summary>
internal sealed class NodeRun : IActivityContext
{
    private readonly EngineLimits _limits;
    private readonly List<Variable> _variables = [];
    private List<string>? _logs;
    private readonly NodeScope _scope;
    private readonly NodeConfig _config;
    private string _path = "";
    private bool _isInLoop;
    private int _logBytes;
    private int _ids;

    public NodeRun(ExecutionRef execution, CompiledGraph graph, EngineLimits limits)
    {
        Execution = execution;
        _limits = limits;
        _scope = new(execution, graph);
        _config = new(_scope);
    }

    public ExecutionRef Execution { get; }

    public NodeId Node => Token.Node.Id;

    public JsonElement Input { get; private set; }

    public DateTimeOffset Now { get; private set; }

    public int Attempt { get; private set; }

    public string IdempotencyKey => RunIds.IdempotencyKey(Execution.Id, _path, Token.Node.Id, Ordinal);

    public BookmarkId NextBookmark => RunIds.Bookmark(Execution.Id, _path, Token.Node.Id, Ordinal, Token.Bookmarks);

    public INodeConfig Config => _config;

    public Token Token { get; private set; } = null!;

    public IActivity Activity => Token.Node.Activity;

    public int Ordinal { get; private set; }

    public IReadOnlyList<Variable> Variables => _variables;

    /// <summary>Bytes of their names and values.</summary>
    public int VariableBytes { get; private set; }

    public IReadOnlyList<string> Logs => (IReadOnlyList<string>?)_logs ?? [];

    /// <summary>Tells its effect to stop; null as long as there is none.</summary>
    public CancellationTokenSource? Interruption { get; set; }

    /// <summary>Begins a try; what was said in the one before is forgotten.</summary>
    public NodeRun Begin(Token token, bool isNewTry, JsonElement input, ExecutionValues values, DateTimeOffset now)
    {
        (Token, Input, Now) = (token, input, now);
        // Noted now: an effect that was left behind may ask when its scope serves another iteration.
        (_path, _isInLoop) = (token.Scope.Path, token.Scope.Owner is not null);
        Ordinal = ExecutionState.OrdinalOf(token);
        Attempt = isNewTry ? token.Attempt + 1 : token.Attempt;
        _variables.Clear();
        _logs?.Clear();
        _logBytes = VariableBytes = _ids = 0;
        _scope.Begin(token.Node.Id, input, values, now);
        _config.Begin(token.Node.Config);
        return this;
    }

    public Guid NewId() => RunIds.Id(Execution.Id, _path, Token.Node.Id, Ordinal, _ids++);

    public JsonElement Lookup(string path) => _scope.Lookup(path);

    public JsonElement Named(string name) => _scope.Named(name);

    /// <summary>
    /// Whether all that it works with is text. What came in before doors refused such values, or from a service that nobody checks, may not be.
    /// </summary>
    public bool SeesUnicode() => _scope.IsUnicode();

    public void SetVariable(string name, JsonElement value, VariableScope scope = VariableScope.Workflow)
    {
        if (VariableName.Problem(name) is { } problem)
        {
            throw new NodeFailureException("variable.bad_name", problem);
        }

        var stored = value.ValueKind == JsonValueKind.Undefined ? NodeResults.JsonNull : value;
        var bytes = JsonMarshal.GetRawUtf8Value(stored).Length;
        if (bytes > _limits.OutputBytes)
        {
            throw new NodeFailureException("variable.too_large", $"Variable '{name}' has {bytes:N0} bytes; the limit is {_limits.OutputBytes:N0}.");
        }

        VariableBytes += name.Length + bytes;
        _variables.Add(new(name, stored, scope == VariableScope.Local && _isInLoop));
    }

    public void Log(string message)
    {
        _logBytes += Encoding.UTF8.GetByteCount(message);
        if (_logBytes > _limits.LogBytes)
        {
            throw new NodeFailureException("node.log_too_large", $"The log of one node run may have {_limits.LogBytes:N0} bytes.");
        }

        Note(message);
    }

    /// <summary>Adds a line of the engine's own, which counts against no limit.</summary>
    public void Note(string message) => (_logs ??= []).Add(message);
}
