namespace SaaSFlows.Benchmarks;

/// <summary>What is measured: webhook → set → if → set → end, and the call that starts it.</summary>
internal static class Workload
{
    public static string Body { get; } = $$"""{"event":"order","name":"Ann","amount":42,"note":"{{new string('x', 120)}}"}""";

    public const string Connections = """
        [
          { "connection_id": "1", "from_node_id": "hook", "from_port_name": "output", "to_node_id": "first", "to_port_name": "input" },
          { "connection_id": "2", "from_node_id": "first", "from_port_name": "output", "to_node_id": "if", "to_port_name": "input" },
          { "connection_id": "3", "from_node_id": "if", "from_port_name": "true", "to_node_id": "second", "to_port_name": "input" },
          { "connection_id": "4", "from_node_id": "second", "from_port_name": "output", "to_node_id": "end", "to_port_name": "input" }
        ]
        """;

    /// <param name="responseMode">accepted or result.</param>
    public static string Nodes(string? responseMode) =>
        $$$$"""
            {
              "hook": { "node_type": "trigger_webhook", "label": "Hook", "position": { "x": 0, "y": 0 }, "config": {{{{Config(responseMode)}}}} },
              "first": { "node_type": "data_variable_set", "label": "Set", "position": { "x": 0, "y": 0 },
                "config": { "variables": { "total": "{{payload.amount}}", "greeting": "Hello {{payload.name}}" } } },
              "if": { "node_type": "condition_if", "label": "If", "position": { "x": 0, "y": 0 },
                "config": { "condition": [{ "variable": "total", "operator": "greater_than", "value": 10 }] } },
              "second": { "node_type": "data_variable_set", "label": "Set", "position": { "x": 0, "y": 0 },
                "config": { "variables": { "branch": "{{total > 10 ? 'large' : 'small'}}" } } },
              "end": { "node_type": "flow_end", "label": "End", "position": { "x": 0, "y": 0 },
                "config": { "output_data": { "greeting": "{{greeting}}", "branch": "{{branch}}", "total": "{{total}}" } } }
            }
            """;

    private static string Config(string? responseMode) => responseMode is null ? "{}" : "{ \"response_mode\": \"" + responseMode + "\" }";
}
