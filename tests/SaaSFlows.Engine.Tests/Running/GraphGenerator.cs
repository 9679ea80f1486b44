using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>Makes small graphs of every kind of node from a seed. No node fails for good, and no two set the same variable.</summary>
internal sealed class GraphGenerator(int seed, bool countingMerges)
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    // A seed of its own for each graph, so that a failing one can be looked at alone.
#pragma warning disable CA5394 // Not for secrets.
    private readonly Random _random = new(seed);
#pragma warning restore CA5394

    public WorkflowDefinition Make()
    {
        var nodes = new List<NodeDefinition> { Node(0, "trigger_manual", Nothing) };
        var connections = new List<ConnectionDefinition>();
        var size = Next(2, 9);
        for (var i = 1; i <= size; i++)
        {
            nodes.Add(Random(i));
            var sources = Enumerable.Range(0, i).OrderBy(_ => Next(0, 100)).Take(nodes[i].Type == "flow_merge" ? Next(1, 4) : Next(1, 3));
            foreach (var source in sources.Where(source => nodes[source].Type != "flow_end"))
            {
                connections.Add(new($"c{connections.Count}", Id(source), Port(nodes[source].Type), Id(i), "input"));
            }
        }

        return new(nodes, connections, Nothing);
    }

    private static NodeId Id(int index) => new(index == 0 ? "start" : $"n{index}");

    private NodeDefinition Random(int index) => Next(0, 10) switch
    {
        0 or 1 => Node(index, "data_variable_set", $$"""{"variables":{"v{{index}}": {{index}} } }"""),
        2 => Node(index, "condition_if", $$"""{"condition":[{"variable":"n","operator":"greater_than","value": {{Next(0, 3)}} }]}"""),
        3 or 4 => Node(index, "flow_merge", countingMerges ? $$"""{"input_ports_required":{{Next(1, 4)}} }""" : "{}"),
        5 => Node(index, "action_delay", $$"""{"delay_ms":{{Next(0, 3) * 10_000}} }"""),
        6 => Node(index, "flow_end", $$"""{"output_data": {{index}} }"""),
        7 => Node(index, "test_effect", $$"""{"fail_times":{{Next(1, 3)}},"result":"flaky{{index}}"}""") with { Retry = new(5, "fixed", Next(0, 2) * 5) },
        8 => Node(index, "data_variable_set", """{"variables":{}}""") with { Enabled = false },
        _ => Node(index, "test_effect", $$"""{"result":"effect{{index}}"}"""),
    };

    private string Port(string type) => type switch
    {
        "condition_if" => Next(0, 2) == 0 ? "true" : "false",
        "test_effect" => "success",
        _ => "output",
    };

    private static NodeDefinition Node(int index, string type, string config) => Node(index, type, JsonElement.Parse(config));

    private static NodeDefinition Node(int index, string type, JsonElement config)
        => new(Id(index), type, type, Nothing, config, true, null, null, null, null, []);

#pragma warning disable CA5394 // Not for secrets.
    private int Next(int from, int below) => _random.Next(from, below);
#pragma warning restore CA5394
}
