namespace SaaSFlows.Engine.Tests.Running;

/// <summary>Graphs that several tests use.</summary>
internal static class Graphs
{
    /// <summary>start → call (an effect with this configuration and these further node fields) → end.</summary>
    public static string OneEffect(string config = "{}", string fields = "") =>
        $$"""
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
        var nodes = Enumerable
            .Range(1, length)
            .Select(i =>
                $$"""
                    ,"n{{i}}": { "node_type": "data_variable_set", "label": "v", "config": { "variables": { "x": {{i}} } } }
                    """
            );
        var connections = Enumerable
            .Range(1, length)
            .Select(i =>
                $$"""
                    { "from_node_id": "{{(i == 1 ? "start" : $"n{i - 1}")}}", "to_node_id": "n{{i}}" }
                    """
            );
        return $$"""
            { "nodes": { "start": { "node_type": "trigger_manual", "label": "s" } {{string.Concat(nodes)}} }, "connections": [ {{string.Join(
                ",",
                connections
            )}} ] }
            """;
    }

    /// <summary>start → fork → n effects that wait for the gate "go".</summary>
    public static string ForkOfEffects(int number, int? maxParallel)
    {
        var nodes = Enumerable
            .Range(1, number)
            .Select(i =>
                $$"""
                    ,"c{{i}}": { "node_type": "test_effect", "label": "c", "config": { "wait_for": "go" } }
                    """
            );
        var connections = Enumerable
            .Range(1, number)
            .Select(i =>
                $$"""
                    ,{ "from_node_id": "fork", "to_node_id": "c{{i}}" }
                    """
            );
        return $$"""
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "s" },
                "fork": { "node_type": "flow_parallel", "label": "f", "config": { {{(maxParallel is { } most ? $"\"max_parallel\": {most}" : "")}} } }
                {{string.Concat(nodes)}}
              },
              "connections": [ { "from_node_id": "start", "to_node_id": "fork" } {{string.Concat(connections)}} ]
            }
            """;
    }

    /// <summary>start → a loop over n entries, each an effect that waits for the gate "go".</summary>
    public static string LoopOfEffects(int number, int maxParallel) =>
        $$"""
            {
              "nodes": {
                "start": { "node_type": "trigger_manual", "label": "s" },
                "each": { "node_type": "loop_foreach", "label": "l", "config": { "array_variable": {{System.Text.Json.JsonSerializer.Serialize(
                Enumerable.Range(1, number)
            )}}, "max_parallel": {{maxParallel}} } },
                "call": { "node_type": "test_effect", "label": "c", "config": { "wait_for": "go" } }
              },
              "connections": [
                { "from_node_id": "start", "to_node_id": "each" },
                { "from_node_id": "each", "from_port_name": "loop", "to_node_id": "call" }
              ]
            }
            """;
}
