namespace SaaSFlows.Engine.Tests.Running;

/// <summary>Graphs that several tests use.</summary>
internal static class Graphs
{
    /// <summary>start → call (an effect with this configuration and these further node fields) → end.</summary>
    public static string OneEffect(string config = "{}", string fields = "") => $$"""
        {
          "nodes": {
            "start": { "node_type": "trigger_manual", "label": "s" },
            "call": { "node_type": "test_effect", "label": "c", "config": {{config}} {{fields}} },
            "end": { "node_type": "flow_end", "label": "e" }
          },
          "connections": [
            { "from_node_id": "start", "to_node_id": "call" },
            { "from_node_id": "call", "from_port_name": "success", "to_node_id": "end" }
          ]
        }
        """;

    /// <summary>start → n1 → n2 → … : nodes without effects.</summary>
    public static string Line(int length)
    {
        var nodes = Enumerable.Range(1, length).Select(i => $$"""
            ,"n{{i}}": { "node_type": "data_variable_set", "label": "v", "config": { "variables": { "x": {{i}} } } }
            """);
        var connections = Enumerable.Range(1, length).Select(i => $$"""
            { "from_node_id": "{{(i == 1 ? "start" : $"n{i - 1}")}}", "to_node_id": "n{{i}}" }
            """);
        return $$"""
            { "nodes": { "start": { "node_type": "trigger_manual", "label": "s" } {{string.Concat(nodes)}} }, "connections": [ {{string.Join(",", connections)}} ] }
            """;
    }
}
