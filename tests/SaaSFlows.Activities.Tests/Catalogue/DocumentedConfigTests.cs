using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Catalogue;

public sealed class DocumentedConfigTests
{
    // The documented example of creating a workflow.
    private const string Example = """
        {
          "nodes": {
            "node1": {
              "node_type": "trigger_command",
              "label": "Command Trigger",
              "position": { "x": 100, "y": 100 },
              "config": { "command_name": "!test" }
            },
            "node2": {
              "node_type": "action_chat_message",
              "label": "Send Message",
              "position": { "x": 300, "y": 100 },
              "config": { "message": "Hello, {{username}}!" }
            }
          },
          "connections": [
            {
              "connection_id": "conn1",
              "from_node_id": "node1",
              "from_port_name": "output",
              "to_node_id": "node2",
              "to_port_name": "input"
            }
          ],
          "global_variables": { "greeting": "Hello" }
        }
        """;

    [Fact]
    public void Documented_example_is_stored_under_our_names_and_is_valid()
    {
        var catalogue = new ActivityCatalogue(BuiltIn.All);

        var outcome = WorkflowDefinition.Read(Json.Of(Example), catalogue);

        var definition = Assert.IsType<DefinitionOutcome.Accepted>(outcome).Definition;
        Json.AssertSame("""{"command_pattern":"!test"}""", definition.Nodes[0].Config);
        Json.AssertSame("""{"message_template":"Hello, {{username}}!"}""", definition.Nodes[1].Config);
        var report = new GraphValidator(catalogue, new()).Validate(definition);
        Assert.Empty(report.Errors);
        Assert.Empty(report.NodeErrors);
    }
}
