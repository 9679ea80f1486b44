using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>The names that expressions and look-ups of one node run can see.</summary>
internal sealed class NodeScope : IExpressionScope
{
    private const string Steps = "steps";
    private static readonly string[] LoopMembers = ["item", "index"];
    private readonly ExecutionRef _execution;
    private readonly CompiledGraph _graph;
    private ExecutionValues _values = null!;
    private readonly ScopeMembers _feeders;
    private NodeId _node;
    private JsonElement _input;
    private DateTimeOffset _now;

    public NodeScope(ExecutionRef execution, CompiledGraph graph)
    {
        (_execution, _graph) = (execution, graph);
        _feeders = new([], Feeder);
    }

    public void Begin(NodeId node, JsonElement input, ExecutionValues values, DateTimeOffset now) =>
        (_node, _input, _values, _now) = (node, input, values, now);

    /// <summary>Whether all that expressions of this run can see of data is Unicode.</summary>
    public bool IsUnicode()
    {
        for (var values = _values; values is not null; values = values.Parent)
        {
            if (
                !IsUnicode(values.Item)
                || (values.HasVariables && values.Variables.Any(variable => !IsUnicode(variable.Value)))
                || values.Outputs.Any(IsUnreadable)
            )
            {
                return false;
            }
        }

        return IsUnicode(_input) && IsUnicode(_values.Root.Trigger) && IsUnicode(_values.Root.Env);
    }

    /// <summary>Reads what a dotted path leads to; undefined if it leads nowhere. An array's items are its numbers from 0.</summary>
    public JsonElement Lookup(string path)
    {
        if (!path.Contains('.') && !VariableName.IsReserved(path))
        {
            return Bare(path);
        }

        var parts = path.Split('.');
        var (value, used) = Root(parts);
        for (var i = used; i < parts.Length && value.ValueKind != JsonValueKind.Undefined; i++)
        {
            value = Member(value, parts[i]);
        }

        return value;
    }

    /// <summary>
    /// As <see cref="Lookup"/>, for a name that the node's configuration gives: one that no execution of this graph can have is its author's slip.
    /// </summary>
    /// <exception cref="NodeFailureException">There can be no such value.</exception>
    public JsonElement Named(string path)
    {
        var value = Lookup(path);
        return
            value.ValueKind == JsonValueKind.Undefined
            && _graph.Names.Problem(_node, new(path.Split('.'), "", 0), []) is { CannotExist: true } problem
            ? throw new NodeFailureException(ExpressionErrorCodes.UnknownName, $"Unknown name '{path}'. {problem.Message}")
            : value;
    }

    public bool TryResolve(string name, out ExpressionValue value)
    {
        if (!VariableName.IsReserved(name))
        {
            if (IsSteps(name))
            {
                value = ExpressionValue.From(new ScopeMembers(_graph.Definition.Nodes.Select(node => node.Id.Value), Step));
                return true;
            }

            var found = Bare(name);
            value = ExpressionValue.From(found);
            return found.ValueKind != JsonValueKind.Undefined;
        }

        value = name switch
        {
            "input" => ExpressionValue.From(_input, _feeders),
            "trigger" => ExpressionValue.From(_values.Root.Trigger),
            "env" => ExpressionValue.From(_values.Root.Env),
            "loop" when !_values.IsRoot => ExpressionValue.From(new ScopeMembers(LoopMembers, Loop)),
            "variables" => ExpressionValue.From(
                new ScopeMembers(
                    VariableNames(),
                    key => Variable(key) is { ValueKind: not JsonValueKind.Undefined } variable ? ExpressionValue.From(variable) : null
                )
            ),
            "nodes" => ExpressionValue.From(new ScopeMembers(_graph.Definition.Nodes.Select(node => node.Id.Value), Node)),
            "execution" or "workflow" or "tenant" => ExpressionValue.From(Place(name)),
            "now" => ExpressionValue.From(Text(_now)),
            _ => default,
        };
        return true;
    }

    private (JsonElement Value, int Used) Root(string[] parts) =>
        parts[0] switch
        {
            "variables" when parts.Length > 1 => (Variable(parts[1]), 2),
            "variables" => (JsonSerializer.SerializeToElement(VariableNames().ToDictionary(name => name, Variable)), 1),
            "nodes" when parts.Length > 2 && parts[2] == "output" => (OutputOf(parts[1]), 3),
            "loop" when parts.Length > 1 && !_values.IsRoot => (
                parts[1] == "item" ? _values.Item
                : parts[1] == "index" ? Number(_values.Index)
                : default,
                2
            ),
            "nodes" or "loop" => (default, 1),
            "input" when parts.Length > 1 && Member(_input, parts[1]).ValueKind == JsonValueKind.Undefined => (Fed(parts[1]), 2),
            "input" => (_input, 1),
            "trigger" => (_values.Root.Trigger, 1),
            "env" => (_values.Root.Env, 1),
            "execution" or "workflow" or "tenant" => (Place(parts[0]), 1),
            "now" => (JsonSerializer.SerializeToElement(Text(_now)), 1),
            Steps when parts.Length > 1 && IsSteps(Steps) => (OutputOf(parts[1]), parts.Length > 2 && parts[2] == "output" ? 3 : 2),
            var name => (Bare(name), 1),
        };

    // Before what was sent: a caller must not be able to say what steps put out.
    private bool IsSteps(string name) => name == Steps && Variable(name).ValueKind == JsonValueKind.Undefined;

    /// <summary>A variable, else a field of what the trigger put out, else one of what was sent to it.</summary>
    private JsonElement Bare(string name)
    {
        if (Variable(name) is { ValueKind: not JsonValueKind.Undefined } variable)
        {
            return variable;
        }

        var root = _values.Root;
        var field = Member(root.Trigger, name);
        return field.ValueKind == JsonValueKind.Undefined && root.PayloadField is { } payload ? Member(Member(root.Trigger, payload), name) : field;
    }

    /// <summary>From the inside to the outside: what an iteration set itself, what its loop gave it, what the workflow holds.</summary>
    private JsonElement Variable(string name)
    {
        for (var values = _values; values is not null; values = values.Parent)
        {
            if (values.HasVariables && values.Variables.TryGetValue(name, out var variable))
            {
                return variable;
            }

            if (name == values.ItemName && values.Item.ValueKind != JsonValueKind.Undefined)
            {
                return values.Item;
            }

            if (name == values.IndexName)
            {
                return Number(values.Index);
            }
        }

        return default;
    }

    private HashSet<string> VariableNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var values = _values; values is not null; values = values.Parent)
        {
            names.UnionWith(values.HasVariables ? values.Variables.Keys : []);
            _ = values.ItemName is not null && values.Item.ValueKind != JsonValueKind.Undefined && names.Add(values.ItemName);
            _ = values.IndexName is not null && names.Add(values.IndexName);
        }

        return names;
    }

    private ExpressionValue? Loop(string name) =>
        name switch
        {
            "item" when _values.Item.ValueKind != JsonValueKind.Undefined => ExpressionValue.From(_values.Item),
            "index" => ExpressionValue.From((double)_values.Index),
            _ => null,
        };

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private ExpressionValue? Node(string name)
    {
        var output = OutputOf(name);
        return output.ValueKind == JsonValueKind.Undefined ? null : With("output", ExpressionValue.From(output));
    }

    // As nodes, and what a step put out can be read without saying output.
    private ExpressionValue? Step(string name)
    {
        var output = OutputOf(name);
        return output.ValueKind == JsonValueKind.Undefined
            ? null
            : ExpressionValue.From(
                new ScopeMembers(
                    ["output"],
                    member =>
                        member == "output" ? ExpressionValue.From(output)
                        : Member(output, member) is { ValueKind: not JsonValueKind.Undefined } field ? ExpressionValue.From(field)
                        : null
                )
            );
    }

    private ExpressionValue? Feeder(string name) =>
        Fed(name) is { ValueKind: not JsonValueKind.Undefined } output ? ExpressionValue.From(output) : null;

    // Of a node whose output arrives here: the steps form calls what arrived by the step that it comes from.
    private JsonElement Fed(string name) =>
        _input.ValueKind == JsonValueKind.Object && _graph.IndexOf(new(name)) >= 0 && _graph.Feeds(name, _node) ? OutputOf(name) : default;

    // What is known of where this runs.
    private JsonElement Place(string name)
    {
        var known = new Dictionary<string, object>
        {
            ["id"] =
                name == "execution" ? _execution.Id.Value
                : name == "workflow" ? _execution.Workflow.Value
                : _execution.Tenant.Value,
        };
        if (name == "execution")
        {
            known["started_at"] = Text(_values.Root.StartedAt);
        }
        else if (Member(_values.Root.Place, name) is { ValueKind: JsonValueKind.Object } captured)
        {
            foreach (var field in captured.EnumerateObject())
            {
                known[field.Name] = field.Value;
            }
        }

        return JsonSerializer.SerializeToElement(known);
    }

    private static ExpressionValue With(string name, ExpressionValue value) =>
        ExpressionValue.From(new Dictionary<string, ExpressionValue>(StringComparer.Ordinal) { [name] = value });

    private JsonElement OutputOf(string node)
    {
        if (_graph.IndexOf(new(node)) is var index && index < 0)
        {
            return default;
        }

        var (scope, slot) = (_graph.Nodes[index].Scope, _graph.Nodes[index].Slot);
        for (var values = _values; values is not null; values = values.Parent)
        {
            if (values.Shape == scope)
            {
                return values.Outputs[slot];
            }
        }

        return default;
    }

    private static bool IsUnreadable(JsonElement value) => !IsUnicode(value);

    private static bool IsUnicode(JsonElement value) =>
        value.ValueKind == JsonValueKind.Undefined || UnicodeCheck.IsValid(JsonMarshal.GetRawUtf8Value(value));

    private static JsonElement Number(int value) => JsonSerializer.SerializeToElement(value);

    private static JsonElement Member(JsonElement value, string name) =>
        value.ValueKind switch
        {
            JsonValueKind.Object when value.TryGetProperty(name, out var member) => member,
            JsonValueKind.Array
                when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength() => value[
                index
            ],
            _ => default,
        };
}
