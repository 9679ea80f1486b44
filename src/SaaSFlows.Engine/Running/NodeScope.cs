using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Planning;

namespace SaaSFlows.Engine.Running;

/// <summary>The names that expressions and look-ups of one node run can see.</summary>
internal sealed class NodeScope(ExecutionRef execution, CompiledGraph graph, JsonElement input, ExecutionValues values, DateTimeOffset now)
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
        "now" => (JsonSerializer.SerializeToElement(now.UtcDateTime), 1),
        var name when values.Variables.TryGetValue(name, out var variable) => (variable, 1),
        var name => (Member(values.Trigger, name), 1),
    };

    private JsonElement OutputOf(string node) => graph.IndexOf(new(node)) is >= 0 and var index ? values.Outputs[index] : default;

    private static JsonElement Id(Guid value) => JsonSerializer.SerializeToElement(new Dictionary<string, Guid> { ["id"] = value });

    private static JsonElement Member(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Object when value.TryGetProperty(name, out var member) => member,
        JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength() => value[index],
        _ => default,
    };
}
