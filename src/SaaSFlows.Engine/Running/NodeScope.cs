using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Expressions;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Planning;

namespace SaaSFlows.Engine.Running;

/// <summary>The names that expressions and look-ups of one node run can see.</summary>
internal sealed class NodeScope(ExecutionRef execution, CompiledGraph graph, JsonElement input, ExecutionValues values, DateTimeOffset now)
    : IExpressionScope
{
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.Ordinal, "input", "trigger", "nodes", "variables", "env", "loop", "execution", "workflow", "tenant", "now");

    public static bool IsReserved(string name) => Reserved.Contains(name);

    /// <summary>Reads what a dotted path leads to; undefined if it leads nowhere. An array's items are its numbers from 0.</summary>
    public JsonElement Lookup(string path)
    {
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
            "input" => ExpressionValue.From(input),
            "trigger" => ExpressionValue.From(values.Trigger),
            "env" => ExpressionValue.From(values.Env),
            "variables" => ExpressionValue.From(new ScopeMembers(
                values.Variables.Keys, key => values.Variables.TryGetValue(key, out var variable) ? ExpressionValue.From(variable) : null)),
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
        "variables" when parts.Length > 1 => (values.Variables.GetValueOrDefault(parts[1]), 2),
        "variables" => (JsonSerializer.SerializeToElement(values.Variables), 1),
        "nodes" when parts.Length > 2 && parts[2] == "output" => (OutputOf(parts[1]), 3),
        "nodes" or "loop" => (default, 1),
        "input" => (input, 1),
        "trigger" => (values.Trigger, 1),
        "env" => (values.Env, 1),
        "execution" => (Id(execution.Id.Value), 1),
        "workflow" => (Id(execution.Workflow.Value), 1),
        "tenant" => (Id(execution.Tenant.Value), 1),
        "now" => (JsonSerializer.SerializeToElement(NowText()), 1),
        var name => (Bare(name), 1),
    };

    private JsonElement Bare(string name) => values.Variables.TryGetValue(name, out var variable) ? variable : Member(values.Trigger, name);

    private string NowText() => now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private ExpressionValue? Node(string name)
    {
        var output = OutputOf(name);
        return output.ValueKind == JsonValueKind.Undefined ? null : With("output", ExpressionValue.From(output));
    }

    private static ExpressionValue WithId(Guid id) => With("id", ExpressionValue.From(id.ToString()));

    private static ExpressionValue With(string name, ExpressionValue value)
        => ExpressionValue.From(new Dictionary<string, ExpressionValue>(StringComparer.Ordinal) { [name] = value });

    private JsonElement OutputOf(string node) => graph.IndexOf(new(node)) is >= 0 and var index ? values.Outputs[index] : default;

    private static JsonElement Id(Guid value) => JsonSerializer.SerializeToElement(new Dictionary<string, Guid> { ["id"] = value });

    private static JsonElement Member(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Object when value.TryGetProperty(name, out var member) => member,
        JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength() => value[index],
        _ => default,
    };
}
