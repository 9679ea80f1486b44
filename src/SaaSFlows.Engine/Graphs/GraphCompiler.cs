using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Makes a definition that passed validation ready to run.</summary>
public static class GraphCompiler
{
    /// <summary>
    /// Compiles. Only the structure must hold: a configuration that today's schema would refuse fails its node when it runs, so that
    /// versions published long ago go on.
    /// </summary>
    /// <exception cref="ArgumentException">An unknown type or node, or a cycle: the definition was not validated.</exception>
    public static CompiledGraph Compile(WorkflowDefinition definition, ActivityCatalogue catalogue)
    {
        var shape = GraphShape.Of(definition);
        if (shape.Cycle.Count > 0)
        {
            throw new ArgumentException($"The graph has a cycle at '{shape.Cycle[0]}'.", nameof(definition));
        }

        var indexes = new Dictionary<NodeId, int>();
        foreach (var id in shape.Order)
        {
            indexes[id] = indexes.Count;
        }

        var outgoing = definition.Connections
            .Select((connection, order) => (connection, order))
            .ToLookup(pair => (pair.connection.FromNode, pair.connection.FromPort));
        var nodes = new CompiledNode[definition.Nodes.Count];
        foreach (var node in definition.Nodes.OrderByDescending(node => indexes[node.Id]))
        {
            if (!catalogue.TryFind(node.Type, out var activity))
            {
                throw new ArgumentException($"Unknown node_type '{node.Type}' of node '{node.Id}'.", nameof(definition));
            }

            OutputPort[] outputs =
            [
                .. activity.Descriptor.OutputsOf(node.Config).Select(port => new OutputPort(
                    port,
                    [.. outgoing[(node.Id, port)].Select(pair => new Connection(pair.order, indexes[pair.connection.ToNode]))])),
            ];
            nodes[indexes[node.Id]] = Compile(node, indexes[node.Id], activity, outputs, nodes);
        }

        return new(definition, nodes);
    }

    // Called from the last node to the first: what a node leads to is already there.
    private static CompiledNode Compile(NodeDefinition node, int index, IActivity activity, OutputPort[] outputs, CompiledNode[] nodes)
    {
        var descriptor = activity.Descriptor;
        var config = CompiledConfig.Compile(node.Config);
        var reaches = new NodeSet(nodes.Length);
        foreach (var output in outputs)
        {
            foreach (var connection in output.Connections)
            {
                reaches.Add(connection.ToNode);
                reaches.AddAll(nodes[connection.ToNode].Reaches);
            }
        }

        return new()
        {
            Index = index,
            Id = node.Id,
            Activity = activity,
            Config = config,
            Enabled = node.Enabled,
            HasEffects = descriptor.HasEffects,
            IsMerge = descriptor.IsMerge,
            IsEnd = outputs.Length == 0,
            RequiredTokens = Whole(config.Find("input_ports_required").Raw) ?? -1,
            Retry = descriptor.IsMerge ? RetryPolicy.None : Retry(node, descriptor),
            Timeout = node.Timeout ?? Seconds(config.Find("timeout_seconds").Raw) ?? descriptor.DefaultTimeout,
            OnError = node.OnError ?? (Array.Exists(outputs, IsConnectedError) ? ErrorHandling.ErrorPort : ErrorHandling.Fail),
            Outputs = outputs,
            MainPort = Array.Find(outputs, output => output.Name != Ports.Error)?.Name,
            Reaches = reaches,
        };
    }

    private static RetryPolicy Retry(NodeDefinition node, ActivityDescriptor descriptor)
        => node.Retry is { } own ? new(own.MaxAttempts, own.Backoff, own.InitialSeconds) : descriptor.RetryFor(node.Config);

    private static bool IsConnectedError(OutputPort output) => output.Name == Ports.Error && output.Connections.Length > 0;

    private static int? Whole(JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static TimeSpan? Seconds(JsonElement value)
        => value.ValueKind == JsonValueKind.Number && value.GetDouble() is > 0 and <= 86_400 and var seconds ? TimeSpan.FromSeconds(seconds) : null;
}
