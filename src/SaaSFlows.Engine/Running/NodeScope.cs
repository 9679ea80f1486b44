using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Planning;

namespace SaaSFlows.Engine.Running;

/// <summary>The names that expressions and look-ups of one node run can see.</summary>
internal sealed class NodeScope(ExecutionRef execution, CompiledGraph graph) : IExpressionScope
{
    private static readonly string[] LoopMembers = ["item", "index"];
    private ExecutionValues _values = null!;
    private JsonElement _input;
    private DateTimeOffset _now;

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal, "input", "trigger", "nodes", "variables", "env", "loop", "execution", "workflow", "tenant", "now");

    public static bool IsReserved(string name) => Reserved.Contains(name);

    public void Begin(JsonElement input, ExecutionValues values, DateTimeOffset now) => (_input, _values, _now) = (input, values, now);

    /// <summary>Reads what a dotted path leads to; undefined if it leads nowhere. An array's items are its numbers from 0.</summary>
    public JsonElement Lookup(string path)
    {
        if (!path.Contains('.') && !Reserved.Contains(path))
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

    public bool TryResolve(string name, out ExpressionValue value)
    {
        if (!Reserved.Contains(name))
        {
            var found = Bare(name);
            value = ExpressionValue.From(found);
            return found.ValueKind != JsonValueKind.Undefined;
        }

        value = name switch
        {
            "input" => ExpressionValue.From(_input),
            "trigger" => ExpressionValue.From(_values.Root.Trigger),
            "env" => ExpressionValue.From(_values.Root.Env),
            "loop" when !_values.IsRoot => ExpressionValue.From(new ScopeMembers(LoopMembers, Loop)),
            "variables" => ExpressionValue.From(new ScopeMembers(
                VariableNames(), key => Variable(key) is { ValueKind: not JsonValueKind.Undefined } variable ? ExpressionValue.From(variable) : null)),
            "nodes" => ExpressionValue.From(new ScopeMembers(graph.Definition.Nodes.Select(node => node.Id.Value), Node)),
            "execution" => WithId(execution.Id.Value),
            "workflow" => WithId(execution.Workflow.Value),
            "tenant" => WithId(execution.Tenant.Value),
            "now" => ExpressionValue.From(NowText()),
            _ => default,
        };
        return true;
    }

    private (JsonElement Value, int Used) Root(string[] parts) => parts[0] switch
    {
        "variables" when parts.Length > 1 => (Variable(parts[1]), 2),
        "variables" => (JsonSerializer.SerializeToElement(VariableNames().ToDictionary(name => name, Variable)), 1),
        "nodes" when parts.Length > 2 && parts[2] == "output" => (OutputOf(parts[1]), 3),
        "loop" when parts.Length > 1 && !_values.IsRoot => (parts[1] == "item" ? _values.Item : parts[1] == "index" ? Number(_values.Index) : default, 2),
        "nodes" or "loop" => (default, 1),
        "input" => (_input, 1),
        "trigger" => (_values.Root.Trigger, 1),
        "env" => (_values.Root.Env, 1),
        "execution" => (Id(execution.Id.Value), 1),
        "workflow" => (Id(execution.Workflow.Value), 1),
        "tenant" => (Id(execution.Tenant.Value), 1),
        "now" => (JsonSerializer.SerializeToElement(NowText()), 1),
        var name => (Bare(name), 1),
    };

    private JsonElement Bare(string name)
        => Variable(name) is { ValueKind: not JsonValueKind.Undefined } variable ? variable : Member(_values.Root.Trigger, name);

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

    private ExpressionValue? Loop(string name) => name switch
    {
        "item" when _values.Item.ValueKind != JsonValueKind.Undefined => ExpressionValue.From(_values.Item),
        "index" => ExpressionValue.From((double)_values.Index),
        _ => null,
    };

    private string NowText() => _now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private ExpressionValue? Node(string name)
    {
        var output = OutputOf(name);
        return output.ValueKind == JsonValueKind.Undefined ? null : With("output", ExpressionValue.From(output));
    }

    private static ExpressionValue WithId(Guid id) => With("id", ExpressionValue.From(id.ToString()));

    private static ExpressionValue With(string name, ExpressionValue value)
        => ExpressionValue.From(new Dictionary<string, ExpressionValue>(StringComparer.Ordinal) { [name] = value });

    private JsonElement OutputOf(string node)
    {
        if (graph.IndexOf(new(node)) is var index && index < 0)
        {
            return default;
        }

        var (scope, slot) = (graph.Nodes[index].Scope, graph.Nodes[index].Slot);
        for (var values = _values; values is not null; values = values.Parent)
        {
            if (values.Shape == scope)
            {
                return values.Outputs[slot];
            }
        }

        return default;
    }

    private static JsonElement Number(int value) => JsonSerializer.SerializeToElement(value);

    private static JsonElement Id(Guid value) => JsonSerializer.SerializeToElement(new Dictionary<string, Guid> { ["id"] = value });

    private static JsonElement Member(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Object when value.TryGetProperty(name, out var member) => member,
        JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength() => value[index],
        _ => default,
    };
}
