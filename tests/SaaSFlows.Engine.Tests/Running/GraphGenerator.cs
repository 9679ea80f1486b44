using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Tests.Running;

/// <summary>What generated graphs hold besides nodes, conditions, waits, retries and merges.</summary>
[Flags]
internal enum GraphParts
{
    None = 0,

    /// <summary>Merges that want a number of tokens: which ones come first depends on timing.</summary>
    CountingMerges = 1,

    /// <summary>Loops of every kind, inside of one another, side by side.</summary>
    Loops = 2,

    /// <summary>Breaks, raced branches and time limits: what is cancelled depends on timing.</summary>
    Races = 4,

    /// <summary>Effects that fail for good.</summary>
    Failures = 8,

    /// <summary>Waits for answers from outside, some with a time limit that comes later than any answer.</summary>
    Answers = 16,
}

/// <summary>Makes small graphs of every kind of node from a seed. No two nodes set the same variable.</summary>
internal sealed class GraphGenerator(int seed, GraphParts parts)
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private readonly List<NodeDefinition> _nodes = [];
    private readonly List<ConnectionDefinition> _connections = [];

    // A seed of its own for each graph, so that a failing one can be looked at alone.
#pragma warning disable CA5394 // Not for secrets.
    private readonly Random _random = new(seed);
#pragma warning restore CA5394

    public WorkflowDefinition Make()
    {
        Add("trigger_manual", "{}");
        Fill([(0, "output")], Next(2, 9), depth: 0, around: null, loop: null);
        return new(_nodes, _connections, Nothing);
    }

    /// <summary>Adds nodes to one scope; what leaves it by a break goes on in the scope around it.</summary>
    private void Fill(List<(int Node, string Port)> sources, int size, int depth, List<(int Node, string Port)>? around, int? loop)
    {
        for (var i = 0; i < size; i++)
        {
            var type = Type(depth);
            var node = Add(type, Config(type, depth));
            foreach (var source in sources.OrderBy(_ => Next(0, 100)).Take(type == "flow_merge" ? Next(1, 4) : Next(1, 3)).ToList())
            {
                Connect(source, node);
            }

            if (type.StartsWith("loop_", StringComparison.Ordinal) && type != "loop_break")
            {
                Fill([(node, "loop"), .. Counter(node, type)], Next(0, 4), depth + 1, sources, node);
                sources.Add((node, "complete"));
                continue;
            }

            if (type == "loop_break" && Next(0, 2) == 0)
            {
                around!.Add((node, "break"));
            }

            AddPorts(sources, node);
            if (loop is { } back && sources.Count > 1 && Next(0, 3) == 0)
            {
                Connect(sources[^1], back);
            }
        }
    }

    // What a condition counts is shared between runs of the loop: only where the result may depend on timing.
    private IEnumerable<(int Node, string Port)> Counter(int loop, string type)
    {
        if (type == "loop_while" && parts.HasFlag(GraphParts.Races))
        {
            var counter = Add("data_variable_set", $$$"""{"variables":{"w{{{loop}}}":"{{(variables.w{{{loop}}} ?? 0) + 1}}"} }""");
            Connect((loop, "loop"), counter);
            yield return (counter, "output");
        }
    }

    private void AddPorts(List<(int Node, string Port)> sources, int node)
    {
        switch (_nodes[node].Type)
        {
            case "condition_if":
                sources.Add((node, Next(0, 2) == 0 ? "true" : "false"));
                break;
            case "test_effect":
                sources.Add((node, _nodes[node].Config.TryGetProperty("retryable", out _) ? "error" : "success"));
                break;
            case "action_wait_event":
                sources.Add((node, "received"));
                break;
            case "loop_break":
                sources.Add((node, "continue"));
                break;
            case "flow_end":
                break;
            default:
                sources.Add((node, "output"));
                break;
        }
    }

    private string Type(int depth)
    {
        if (parts.HasFlag(GraphParts.Loops) && depth < 3 && Next(0, 6) == 0)
        {
            return Next(0, 4) == 0 ? "loop_while" : "loop_foreach";
        }

        if (parts.HasFlag(GraphParts.Races) && Next(0, 6) == 0)
        {
            return depth > 0 && Next(0, 2) == 0 ? "loop_break" : "flow_parallel";
        }

        if (parts.HasFlag(GraphParts.Answers) && Next(0, 4) == 0)
        {
            return "action_wait_event";
        }

        return Next(0, 10) switch
        {
            0 or 1 => "data_variable_set",
            2 => "condition_if",
            3 or 4 => "flow_merge",
            5 => "action_delay",
            6 => "flow_end",
            7 => "disabled",
            _ => "test_effect",
        };
    }

    private string Config(string type, int depth)
    {
        var index = _nodes.Count;
        var place = depth > 0 ? "{{index}}" : "0";
        return type switch
        {
            "data_variable_set" when depth > 0 && Next(0, 2) == 0 => $$"""{"scope":"local","variables":{"l{{index}}":"{{place}}"} }""",
            "data_variable_set" => $$"""{"variables":{"v{{index}}": {{index}} } }""",
            "condition_if" =>
                $$"""{"condition":[{"variable":"{{(depth > 0 ? "index" : "n")}}","operator":"greater_than","value": {{Next(0, 3)}} }]}""",
            "flow_merge" when parts.HasFlag(GraphParts.CountingMerges) => $$"""{"input_ports_required":{{Next(1, 4)}} }""",
            "action_delay" => $$"""{"delay_ms":{{Next(0, 3) * 10_000}} }""",
            "action_wait_event" => Next(0, 2) == 0 ? """{"event_type":"answer"}""" : """{"event_type":"answer","timeout_seconds":1000000}""",
            "flow_end" => $$"""{"output_data": "{{index}} {{place}}" }""",
            "test_effect" when parts.HasFlag(GraphParts.Failures) && Next(0, 4) == 0 => """{"fail_times":99,"retryable":false}""",

            // A try that is lost with its process is one that need not fail: with races that changes who wins.
            "test_effect" when !parts.HasFlag(GraphParts.Races) && Next(0, 3) == 0 =>
                $$"""{"fail_times":{{Next(1, 3)}},"result":"flaky{{index}} {{place}}"}""",
            "test_effect" => $$"""{"result":"effect{{index}} {{place}}"}""",
            "loop_foreach" =>
                $$"""{"array_variable":{{List(Next(0, 4))}},"max_parallel":{{Next(1, 4)}},"collect":{{(Next(0, 2) == 0 ? "true" : "false")}} }""",
            "loop_while" => $$"""
                {"max_iterations":5,"condition":[{"variable":"w{{index}}",
                "operator":"{{(parts.HasFlag(GraphParts.Races) ? "not_equals" : "exists")}}","value":2}]}
                """,
            "loop_break" => $$"""{"break_condition":[{"variable":"index","operator":"greater_equal","value": {{Next(0, 3)}} }]}""",
            "flow_parallel" => Fork(),
            _ => "{}",
        };
    }

    private string Fork() =>
        Next(0, 3) switch
        {
            0 => """{"execution_type":"any_first"}""",
            1 => $$"""{"max_parallel":{{Next(1, 3)}} }""",
            _ => $$"""{"timeout_seconds":{{Next(1, 4) * 10}} }""",
        };

    private static string List(int length) => JsonSerializer.Serialize(Enumerable.Range(1, length));

    private int Add(string type, string config)
    {
        var index = _nodes.Count;
        var isDisabled = type == "disabled";
        var node = new NodeDefinition(
            Id(index),
            isDisabled ? "data_variable_set" : type,
            type,
            Nothing,
            JsonElement.Parse(isDisabled ? """{"variables":{}}""" : config),
            !isDisabled,
            null,
            null,
            null,
            null,
            []
        );
        _nodes.Add(type == "test_effect" ? node with { Retry = new(5, "fixed", Next(0, 2) * 5) } : node);
        return index;
    }

    private void Connect((int Node, string Port) from, int to)
    {
        if (!_connections.Exists(one => one.FromNode == Id(from.Node) && one.FromPort == from.Port && one.ToNode == Id(to)))
        {
            _connections.Add(new(string.Create(CultureInfo.InvariantCulture, $"c{_connections.Count}"), Id(from.Node), from.Port, Id(to), "input"));
        }
    }

    private static NodeId Id(int index) => new(index == 0 ? "start" : $"n{index}");

#pragma warning disable CA5394 // Not for secrets.
    private int Next(int from, int below) => _random.Next(from, below);
#pragma warning restore CA5394
}
