namespace SaaSFlows.Api.Tests;

/// <summary>Parts of workflow definitions.</summary>
internal static class Graphs
{
    public static object Node(string type, object? config = null) =>
        new
        {
            node_type = type,
            label = type,
            position = new { x = 0, y = 0 },
            config = config ?? new { },
        };

    public static object Line(string from, string to, string port = "output") =>
        new
        {
            connection_id = $"{from}_{port}_{to}",
            from_node_id = from,
            from_port_name = port,
            to_node_id = to,
            to_port_name = "input",
        };

    /// <summary>Starts by hand and ends with what it was given.</summary>
    public static (object Nodes, object Connections) Echo { get; } =
        (
            new Dictionary<string, object> { ["start"] = Node("trigger_manual"), ["end"] = Node("flow_end", new { output_data = "{{input}}" }) },
            new[] { Line("start", "end") }
        );

    /// <summary>Starts by webhook and ends with the payload.</summary>
    public static (object Nodes, object Connections) Webhook { get; } =
        (
            new Dictionary<string, object>
            {
                ["hook"] = Node("trigger_webhook"),
                ["end"] = Node("flow_end", new { output_data = "{{input.payload}}" }),
            },
            new[] { Line("hook", "end") }
        );

    /// <summary>Starts by webhook, which answers with the payload when the execution has ended.</summary>
    public static (object Nodes, object Connections) Result { get; } =
        (
            new Dictionary<string, object>
            {
                ["hook"] = Node("trigger_webhook", new { response_mode = "result" }),
                ["end"] = Node("flow_end", new { output_data = "{{input.payload}}" }),
            },
            new[] { Line("hook", "end") }
        );

    /// <summary>Waits for an hour.</summary>
    public static (object Nodes, object Connections) Wait { get; } =
        (
            new Dictionary<string, object>
            {
                ["start"] = Node("trigger_manual"),
                ["wait"] = Node("action_delay", new { delay_ms = 3_600_000 }),
                ["end"] = Node("flow_end"),
            },
            new[] { Line("start", "wait"), Line("wait", "end") }
        );
}
