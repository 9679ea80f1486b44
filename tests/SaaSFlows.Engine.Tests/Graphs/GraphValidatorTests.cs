using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Tests.Running;

namespace SaaSFlows.Engine.Tests.Graphs;

public sealed class GraphValidatorTests
{
    private const string Start = """ "start":{"node_type":"trigger_manual","label":"s"} """;

    private readonly EngineBench _bench = new();

    [Theory]
    [InlineData("{}", "The workflow has no node.")]
    [InlineData(
        $$"""{"nodes":{ {{Start}} },"connections":[{"from_node_id":"start","to_node_id":"ghost"}]}""",
        "Connection 'conn1' names an unknown node 'ghost'."
    )]
    [InlineData(
        $$"""
            {"nodes":{ {{Start}}, "e":{"node_type":"flow_end","label":"e"} },"connections":[{"from_node_id":"start","from_port_name":"side",
            "to_node_id":"e"}]}
            """,
        "Connection 'conn1': node 'start' has no output port 'side'."
    )]
    [InlineData(
        $$"""{"nodes":{ {{Start}}, "e":{"node_type":"flow_end","label":"e"} },"connections":[{"from_node_id":"start","to_node_id":"start"}]}""",
        "Connection 'conn1': node 'start' has no input port 'input'."
    )]
    [InlineData(
        $$"""
            {"nodes":{ {{Start}}, "e":{"node_type":"flow_end","label":"e"} },"connections":[{"from_node_id":"start","to_node_id":"e"},
            {"from_node_id":"start","to_node_id":"e"}]}
            """,
        "Connection 'conn2' repeats the one from 'start' port 'output' to 'e' port 'input'."
    )]
    [InlineData(
        """
            {"nodes":{"a":{"node_type":"action_delay","label":"a","config":{"delay_ms":1}},"b":{"node_type":"action_delay","label":"b",
            "config":{"delay_ms":1}}},"connections":[{"from_node_id":"a","to_node_id":"b"},{"from_node_id":"b","to_node_id":"a"}]}
            """,
        "The connections form a cycle through no loop: "
    )]
    public void Error_of_the_graph(string json, string error) =>
        Assert.Contains(Validate(json).Errors, found => found.StartsWith(error, StringComparison.Ordinal));

    [Theory]
    [InlineData(
        "start>each each.loop>a start>a",
        "Connection 'conn2' makes node 'a' part of the body of loop 'each', but it can also be reached from outside of it."
    )]
    [InlineData("start>each each.loop>a b>a", "Connection 'conn2' makes node 'a' part of the body")]
    [InlineData("start>each each.loop>a each.complete>b a>b", "Connection 'conn4' leads out of the body of loop 'each'")]
    [InlineData("start>each each.loop>stop stop.break>a a>each", "The connections form a cycle through no loop: ")]
    [InlineData("start>each each.loop>inner inner.loop>stop stop.break>b each.complete>b", "Connection 'conn4' leads out of the body of loop 'each'")]
    [InlineData("start>each each.loop>inner inner.loop>a a>each", "Connection 'conn4' leads out of the body of loop 'inner'")]
    [InlineData("start>a a>b b>a", "The connections form a cycle through no loop: ")]
    public void Connection_that_crosses_scopes(string lines, string error) =>
        Assert.Contains(Validate(Loops(lines)).Errors, found => found.StartsWith(error, StringComparison.Ordinal));

    [Theory]
    [InlineData("start>each each.loop>a a>each each.complete>b")]
    [InlineData("start>each each.loop>stop stop.break>b stop.continue>each each.complete>b")]
    [InlineData("start>each each.loop>inner inner.loop>a a>inner inner.complete>each each.exit>b")]
    [InlineData("each.loop>a a>each start>b")]
    [InlineData("start>each each.loop>stop stop.break>each")]
    public void Ways_in_and_out_of_loops(string lines) => Assert.True(Validate(Loops(lines)).IsValid);

    [Fact]
    public void Break_outside_of_loops_is_an_error_and_a_loop_without_body_a_warning()
    {
        var report = Validate(Loops("start>stop start>each each.complete>b"));

        Assert.Equal("loop_break ends the loop around it, but there is none.", Assert.Single(report.NodeErrors["stop"]));
        Assert.Contains("Loop 'each' has no body: nothing is connected to its port 'loop'", report.Warnings.Select(warning => warning.Message));
    }

    [Fact]
    public void Loops_nested_too_deep_name_the_limit()
    {
        var nodes = string.Concat(
            Enumerable.Range(0, 11).Select(i => $$""","l{{i}}":{"node_type":"loop_foreach","label":"l","config":{"array_variable":[]} }""")
        );
        var lines = string.Join(
            ',',
            Enumerable.Range(0, 10).Select(i => $$"""{"from_node_id":"l{{i}}","from_port_name":"loop","to_node_id":"l{{i + 1}}"}""")
        );

        var report = Validate($$"""{"nodes":{ {{Start}} {{nodes}} },"connections":[{"from_node_id":"start","to_node_id":"l0"},{{lines}}]}""");

        Assert.Equal("Loops are nested 11 deep; the limit is 10.", Assert.Single(report.NodeErrors["l10"]));
        Assert.Single(report.NodeErrors);
    }

    private static string Loops(string lines)
    {
        var connections = lines
            .Split(' ')
            .Select(line => line.Split('>'))
            .Select(ends => (From: ends[0].Split('.'), To: ends[1]))
            .Select(line =>
                $$"""
                    {"from_node_id":"{{line.From[0]}}","from_port_name":"{{line.From.ElementAtOrDefault(1) ?? "output"}}","to_node_id":"{{line.To}}"}
                    """
            );
        return $$"""
            {"nodes":{ {{Start}}, "each":{"node_type":"loop_foreach","label":"e","config":{"array_variable":[]} },
            "inner":{"node_type":"loop_foreach","label":"i","config":{"array_variable":[]} },
              "stop":{"node_type":"loop_break","label":"x"}, "a":{"node_type":"data_variable_set","label":"a","config":{"variables":{} } },
              "b":{"node_type":"data_variable_set","label":"b","config":{"variables":{} } } },
             "connections":[ {{string.Join(',', connections)}} ]}
            """.Replace(
            "\"stop\":{\"node_type\":\"loop_break\",\"label\":\"x\"},",
            lines.Contains("stop", StringComparison.Ordinal) ? "\"stop\":{\"node_type\":\"loop_break\",\"label\":\"x\"}," : "",
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        """{"nodes":{"a":{"node_type":"flow_end","config":{"output_data":{"x":[{"{{k}}":1}]}}}}}""",
        "output_data.x[0].{{k}}: a name can't hold a template; only values can."
    )]
    [InlineData("""{"nodes":{"a":{"node_type":"magic","label":"a"}}}""", "Unknown node_type 'magic'.")]
    [InlineData("""{"nodes":{"a":{"node_type":"action_delay","label":"a","config":{"delay_ms":"soon"}}}}""", "delay_ms")]
    [InlineData("""{"nodes":{"a":{"node_type":"test_effect","label":"a","retry":{"max_attempts":21}}}}""", "retry.max_attempts must be 1 to 20.")]
    [InlineData("""{"nodes":{"a":{"node_type":"test_effect","label":"a","retry":{"backoff":"linear"}}}}""", "retry.backoff")]
    [InlineData("""{"nodes":{"a":{"node_type":"flow_end","label":"a","on_error":"error_port"}}}""", "has no port 'error'")]
    [InlineData("""{"nodes":{"a":{"node_type":"condition_if","label":"a","config":{"condition":[]},"on_error":"continue"}}}""", "several ways on")]
    [InlineData(
        """
            {"nodes":{"b":{"node_type":"trigger_webhook","label":"b","config":{"webhook_path":"p"}},"a":{"node_type":"trigger_webhook","label":"a",
            "config":{"webhook_path":"p"}}}}
            """,
        "also that of node 'b'"
    )]
    [InlineData("""{"nodes":{"a":{"node_type":"flow_end","label":"a","config":{"output_data":{"list":["{{1 +}}"]}}}}}""", "output_data.list[0]: ")]
    public void Error_of_a_node(string json, string error) =>
        Assert.Contains(Validate(json).NodeErrors["a"], found => found.Contains(error, StringComparison.Ordinal));

    [Fact]
    public void Warnings_do_not_make_a_graph_invalid()
    {
        var report = Validate("""{"nodes":{"a":{"node_type":"test_effect","label":"a"}}}""");
        Assert.Equal([WarningCodes.NoOutgoing, WarningCodes.NoTrigger], report.Warnings.Select(warning => warning.Code));
        Assert.True(report.IsValid);

        report = Validate($$"""{"nodes":{ {{Start}}, "lost":{"node_type":"flow_end","label":"e"} } }""");
        Assert.Equal(
            ["Node 'start' has no outgoing connections", "Node 'lost' cannot be reached from a trigger"],
            report.Warnings.Select(warning => warning.Message)
        );
    }

    [Fact]
    public void Too_many_nodes_name_the_limit()
    {
        var validator = new GraphValidator(_bench.Catalogue, new EngineLimits { Nodes = 2 });
        Assert.Contains("The workflow has 3 nodes; the limit is 2.", validator.Validate(_bench.Read(Tests.Running.Graphs.OneEffect())).Errors);
    }

    private ValidationReport Validate(string json) => new GraphValidator(_bench.Catalogue, _bench.Limits).Validate(_bench.Read(json));
}
