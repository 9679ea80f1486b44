using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Warns about failures that go nowhere, and about those that end more than their author may expect.</summary>
internal sealed class FailureWarnings(WorkflowDefinition definition, ActivityCatalogue catalogue, GraphShape shape, GraphFindings findings)
{
    private readonly HashSet<NodeId> _handled =
    [
        .. definition.Connections.Where(connection => connection.FromPort == Ports.Error).Select(connection => connection.FromNode),
    ];

    public void Check()
    {
        var warned = new HashSet<NodeId>();
        foreach (var node in definition.Nodes)
        {
            if (!catalogue.TryFind(node.Type, out var activity))
            {
                continue;
            }

            if (
                node.OnError == ErrorHandling.ErrorPort
                && activity.Descriptor.OutputsOf(node.Config).Contains(Ports.Error)
                && !_handled.Contains(node.Id)
            )
            {
                findings.Warn(
                    new(
                        WarningCodes.ErrorPortUnconnected,
                        "on_error is error_port, but nothing is connected to the port 'error': a failure ends this branch and nobody learns of "
                            + "it. Connect the port, or write fail or continue."
                    ),
                    node.Id
                );
            }

            if (activity.Descriptor.IsFork && IsRace(node))
            {
                CheckRace(node, warned);
            }
        }
    }

    private static bool IsRace(NodeDefinition node) =>
        node.Config.TryGetProperty("execution_type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("any_first");

    // What is pure fails by the values that its expressions meet.
    private static bool Computes(NodeDefinition node, ActivityDescriptor descriptor) =>
        (descriptor.ExpressionsIn is { } field && node.Config.TryGetProperty(field, out _))
        || node.Config.GetRawText().Contains("{{", StringComparison.Ordinal);

    private void CheckRace(NodeDefinition fork, HashSet<NodeId> warned)
    {
        var branches = definition
            .Connections.Where(connection => connection.FromNode == fork.Id && connection.FromPort != Ports.Error && findings.Knows(connection))
            .Select(connection => shape.ReachedFrom([connection.ToNode]))
            .ToList();
        foreach (
            var node in definition.Nodes.Where(node =>
                branches.Count(branch => branch.Contains(node.Id)) == 1 && EndsAll(node) && warned.Add(node.Id)
            )
        )
        {
            findings.Warn(
                new(
                    WarningCodes.RaceCanFail,
                    $"It is in a race that '{fork.Id}' starts, and its failure ends the execution although another branch could win. Set on_error "
                        + "to continue, or connect its port 'error' to a node from which nothing leads on to the merge or the End: what gets "
                        + "there first wins, also by this port."
                ),
                node.Id
            );
        }
    }

    private bool EndsAll(NodeDefinition node) =>
        node.Enabled
        && catalogue.TryFind(node.Type, out var activity)
        && (
            activity.Descriptor.HasEffectsWith(node.Config)
            || (activity.Descriptor.Outputs.Contains(Ports.Error) && Computes(node, activity.Descriptor))
        )
        && (node.OnError == ErrorHandling.Fail || (node.OnError is null && !_handled.Contains(node.Id)));
}
