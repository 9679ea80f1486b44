using System.Text;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Deliveries;

/// <summary>
/// Runs a delivery from its body to the accept statement and the end, so that code is compiled and statements are planned before the first real one.
/// Its tenant does not exist, so the statement refuses it and nothing is stored.
/// </summary>
public sealed class Rehearsal(StartExecution start, VersionGraphs graphs, TimeProvider time)
{
    private const string Node = "hook";

    private static readonly byte[] Definition =
        """
        {
          "nodes": {
            "hook": { "node_type": "trigger_webhook", "label": "Hook", "position": { "x": 0, "y": 0 }, "config": { "response_mode": "result" } },
            "first": { "node_type": "data_variable_set", "label": "Set", "position": { "x": 0, "y": 0 },
            "config": { "variables": { "total": "{{payload.amount}}" } } },
            "if": { "node_type": "condition_if", "label": "If", "position": { "x": 0, "y": 0 },
              "config": { "condition": [{ "variable": "total", "operator": "greater_than", "value": 10 }] } },
            "end": { "node_type": "flow_end", "label": "End", "position": { "x": 0, "y": 0 }, "config": { "output_data": { "total": "{{total}}" } } }
          },
          "connections": [
            { "connection_id": "1", "from_node_id": "hook", "from_port_name": "output", "to_node_id": "first", "to_port_name": "input" },
            { "connection_id": "2", "from_node_id": "first", "from_port_name": "output", "to_node_id": "if", "to_port_name": "input" },
            { "connection_id": "3", "from_node_id": "if", "from_port_name": "true", "to_node_id": "end", "to_port_name": "input" }
          ]
        }
        """u8.ToArray();

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"event":"order","name":"Ann","amount":42}""");

    private readonly TenantId nobody = new(Guid.NewGuid());
    private readonly WorkflowVersionId version = new(Guid.NewGuid());
    private CompiledGraph? compiled;

    /// <summary>Runs it once.</summary>
    public async Task RunAsync()
    {
        var graph = compiled ??= graphs.Keep(nobody, version, Definition);
        var delivery = new Delivery("", null, null, null, [KeyValuePair.Create("content-type", "application/json")], []);
        if (!ReceiveWebhook.TryReadInput(delivery, Body, out var input, out _))
        {
            throw new InvalidOperationException("The rehearsal's body is JSON.");
        }

        var workflow = new PublishedWorkflow(
            nobody,
            new CommunityId(1),
            new EntityId(1),
            new WorkflowId(version.Value),
            WorkflowStatus.Active,
            false,
            false,
            version,
            graph,
            time.GetUtcNow()
        );
        await start.RehearseAsync(
            workflow,
            new StartRequest(nobody, workflow.Id, "webhook", Node, input, default, default, new WebhookId(version.Value), null, null)
            {
                WebhookRevision = 1,
            }
        );
    }
}
