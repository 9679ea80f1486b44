using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>One try of one node for one token: what its activity sees, and what it said besides its result.</summary>
internal sealed class NodeRun(
    ExecutionRef execution,
    CompiledGraph graph,
    Token token,
    int ordinal,
    int attempt,
    JsonElement input,
    ExecutionValues values,
    DateTimeOffset now,
    EngineLimits limits) : IActivityContext
{
    private List<Variable>? _variables;
    private List<string>? _logs;
    private NodeScope? _scope;
    private NodeConfig? _config;
    private int _logBytes;

    public ExecutionRef Execution => execution;

    public NodeId Node => token.Node.Id;

    public JsonElement Input => input;

    public DateTimeOffset Now => now;

    public int Attempt => attempt;

    public string IdempotencyKey => RunIds.IdempotencyKey(execution.Id, token.Node.Id, ordinal);

    public BookmarkId NextBookmark => RunIds.Bookmark(execution.Id, token.Node.Id, ordinal, token.Bookmarks);

    public INodeConfig Config => _config ??= new(token.Node.Config, Scope);

    public Token Token => token;

    public IActivity Activity => token.Node.Activity;

    public int Ordinal => ordinal;

    public IReadOnlyList<Variable> Variables => _variables ?? (IReadOnlyList<Variable>)[];

    public IReadOnlyList<string> Logs => _logs ?? (IReadOnlyList<string>)[];

    private NodeScope Scope => _scope ??= new(execution, graph, input, values, now);

    public JsonElement Lookup(string path) => Scope.Lookup(path);

    public void SetVariable(string name, JsonElement value, VariableScope scope = VariableScope.Workflow)
    {
        if (NodeScope.IsReserved(name) || name.Length is 0 or > 200)
        {
            throw new NodeFailureException("variable.bad_name", $"A variable cannot be called '{name}': the name is reserved, empty or longer than 200 characters.");
        }

        var stored = value.ValueKind == JsonValueKind.Undefined ? NodeResults.JsonNull : value;
        var bytes = JsonMarshal.GetRawUtf8Value(stored).Length;
        if (bytes > limits.OutputBytes)
        {
            throw new NodeFailureException("variable.too_large", $"Variable '{name}' has {bytes:N0} bytes; the limit is {limits.OutputBytes:N0}.");
        }

        (_variables ??= []).Add(new(name, stored));
    }

    public void Log(string message)
    {
        _logBytes += Encoding.UTF8.GetByteCount(message);
        if (_logBytes > limits.LogBytes)
        {
            throw new NodeFailureException("node.log_too_large", $"The log of one node run may have {limits.LogBytes:N0} bytes.");
        }

        (_logs ??= []).Add(message);
    }
}
