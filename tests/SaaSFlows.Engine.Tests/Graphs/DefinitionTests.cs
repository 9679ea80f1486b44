using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Tests.Running;

namespace SaaSFlows.Engine.Tests.Graphs;

public sealed class DefinitionTests
{
    private readonly EngineBench _bench = new();

    [Fact]
    public void Definition_of_the_contract_is_read_under_our_names_and_written_back_the_same_for_ever()
    {
        const string json = """
            {
              "nodes": {
                "node1": { "node_type": "trigger_command", "label": "Command", "position": {"x": 100, "y": 100}, "config": {"command_name": "!test"}
                },
                "node2": { "node_type": "flow_end", "label": "End", "enabled": false, "on_error": "continue", "timeout_seconds": 2.5,
                           "retry": {"max_attempts": 3, "backoff": "exponential", "initial_seconds": 1}, "colour": "red" }
              },
              "connections": [ { "connection_id": "conn1", "from_node_id": "node1", "from_port_name": "output", "to_node_id": "node2", "to_port_name":
              "input" } ],
              "global_variables": { "greeting": "Hällo" }
            }
            """;
        var definition = _bench.Read(json);
        var written = definition.ToUtf8Json();

        Assert.Equal("!test", definition.Nodes[0].Config.GetProperty("command_pattern").GetString());
        Assert.Equal(
            """
            {"nodes":{"node1":{"node_type":"trigger_command","label":"Command","position":{"x": 100, "y": 100},
            "config":{"command_pattern":"!test"}},"node2":{"node_type":"flow_end","label":"End","position":{"x":0,"y":0},"config":{},
            "enabled":false,"retry":{"max_attempts":3,"backoff":"exponential","initial_seconds":1},"timeout_seconds":2.5,"on_error":"continue",
            "colour":"red"}},"connections":[{"connection_id":"conn1","from_node_id":"node1","from_port_name":"output","to_node_id":"node2",
            "to_port_name":"input"}],"global_variables":{"greeting":"Hällo"}}
            """.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal),
            Encoding.UTF8.GetString(written).Replace(" ", "", StringComparison.Ordinal)
        );
        Assert.Equal(written, _bench.Read(Encoding.UTF8.GetString(written)).ToUtf8Json());
    }

    [Theory]
    [InlineData("""[]""", "")]
    [InlineData("""{"nodes":[]}""", "nodes")]
    [InlineData("""{"nodes":{"a":1}}""", "nodes.a")]
    [InlineData("""{"nodes":{"a":{}}}""", "nodes.a.node_type")]
    [InlineData("""{"nodes":{"a b":{"node_type":"x"}}}""", "nodes.a b")]
    [InlineData("""{"nodes":{"a":{"node_type":"x"},"a":{"node_type":"y"}}}""", "nodes.a")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","config":[]}}}""", "nodes.a.config")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","label":5}}}""", "nodes.a.label")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","position":{"x":[0]}}}}""", "nodes.a.position.x")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","position":{"x":0,"y":1e400}}}}""", "nodes.a.position.y")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","enabled":"no"}}}""", "nodes.a.enabled")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","on_error":"panic"}}}""", "nodes.a.on_error")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","timeout_seconds":0}}}""", "nodes.a.timeout_seconds")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","retry":{"max_attempts":1.5}}}}""", "nodes.a.retry.max_attempts")]
    [InlineData(
        """{"nodes":{"a":{"node_type":"trigger_command","config":{"command_name":"!a","command_pattern":"!b"}}}}""",
        "nodes.a.config.command_pattern"
    )]
    [InlineData("""{"connections":{}}""", "connections")]
    [InlineData("""{"connections":[{"from_node_id":"a"}]}""", "connections[0].to_node_id")]
    [InlineData("""{"global_variables":7}""", "global_variables")]
    [InlineData("""{"settings":[]}""", "settings")]
    [InlineData("""{"settings":{"onfailure":"x"}}""", "settings.onfailure")]
    [InlineData("""{"settings":{"on_failure":""}}""", "settings.on_failure")]
    [InlineData("""{"settings":{"concurrency":{"policy":"queue"}}}""", "settings.concurrency.limit")]
    [InlineData("""{"settings":{"concurrency":{"limit":1001}}}""", "settings.concurrency.limit")]
    [InlineData("""{"settings":{"concurrency":{"limit":1.5}}}""", "settings.concurrency.limit")]
    [InlineData("""{"settings":{"concurrency":{"limit":1,"policy":"drop"}}}""", "settings.concurrency.policy")]
    [InlineData("""{"nodes":{"a":{"node_type":"x","label":"\ud800"}}}""", "")]
    [InlineData("""{"global_variables":{"a":"\ud800"}}""", "")]
    public void Wrong_shape_names_its_field(string json, string field) =>
        Assert.Contains(
            field,
            WorkflowDefinition.Read(JsonElement.Parse(json), _bench.Catalogue).Match(_ => [], errors => errors.Select(error => error.Field))
        );

    [Fact]
    public void Absent_parts_are_taken_from_the_current_definition()
    {
        var current = _bench.Read(Tests.Running.Graphs.OneEffect());

        var changed = (
            (DefinitionOutcome.Accepted)WorkflowDefinition.Read(JsonElement.Parse("""{"connections":[]}"""), _bench.Catalogue, current)
        ).Definition;

        Assert.Equal((3, 0), (changed.Nodes.Count, changed.Connections.Count));
    }

    [Fact]
    public void Settings_are_kept_and_replaced_as_a_whole()
    {
        const string json =
            """{"nodes":{},"connections":[],"global_variables":{},"settings":"""
            + """{"on_failure":"watch","concurrency":{"limit":3,"policy":"cancel_oldest"}}}""";
        var definition = _bench.Read(json);

        Assert.Equal(new WorkflowSettings("watch", new(3, ConcurrencyPolicy.CancelOldest)), definition.Settings);
        Assert.Equal(json, Encoding.UTF8.GetString(definition.ToUtf8Json()));
        Assert.Equal(definition.Settings, Change("{}").Settings);
        Assert.Equal(new WorkflowSettings(null, new(1, ConcurrencyPolicy.Queue)), Change("""{"settings":{"concurrency":{"limit":1}}}""").Settings);
        Assert.Equal(WorkflowSettings.None, Change("""{"settings":{}}""").Settings);

        WorkflowDefinition Change(string change) =>
            ((DefinitionOutcome.Accepted)WorkflowDefinition.Read(JsonElement.Parse(change), _bench.Catalogue, definition)).Definition;
    }
}
