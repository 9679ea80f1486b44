using System.Collections.Frozen;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>A published graph, ready to run: activities bound, templates compiled, reachability known. Immutable and shared.</summary>
public sealed class CompiledGraph
{
    /// <summary>As many as one loop or one <c>flow_parallel</c> may ask for.</summary>
    internal const int MaxWidth = 1_000;

    private readonly FrozenDictionary<string, int> _indexes;
    private readonly Lazy<GraphNames> _names;
    private readonly Lazy<ILookup<string, string>> _feeders;

    internal CompiledGraph(WorkflowDefinition definition, CompiledNode[] nodes, CompiledScope[] scopes)
    {
        Definition = definition;
        Environment = StartEnvironment.Of(definition);
        Nodes = nodes;
        Scopes = scopes;
        Width = WidthOf(nodes, scopes[0]);
        _indexes = nodes.ToFrozenDictionary(node => node.Id.Value, node => node.Index, StringComparer.Ordinal);
        _names = new(() =>
        {
            var catalogue = new ActivityCatalogue(nodes.Select(node => node.Activity).DistinctBy(activity => activity.Descriptor.Type));
            return GraphNames.Of(definition, catalogue, GraphShape.Of(definition, catalogue));
        });
        _feeders = new(FindFeeders);
        var byId = definition.Nodes.ToDictionary(node => node.Id);
        Triggers = [.. nodes.Where(node => node.Activity.Descriptor.IsTrigger).Select(node => TriggerNode.Of(node, byId[node.Id].Config))];
    }

    /// <summary>What executions take from the environment when they start.</summary>
    public StartEnvironment Environment { get; }

    /// <summary>What it was compiled from.</summary>
    public WorkflowDefinition Definition { get; }

    /// <summary>The nodes that can start an execution.</summary>
    public IReadOnlyList<TriggerNode> Triggers { get; }

    /// <summary>What its nodes can name.</summary>
    internal GraphNames Names => _names.Value;

    /// <summary>In an order in which every connection but those back to a loop leads forward.</summary>
    internal CompiledNode[] Nodes { get; }

    /// <summary>The graph itself, then the bodies of its loops.</summary>
    internal CompiledScope[] Scopes { get; }

    /// <summary>How many branches and iterations its author lets run side by side; 1 where nothing says so.</summary>
    internal int Width { get; }

    /// <summary>Whether the node is part of a loop's body.</summary>
    public bool IsInLoop(NodeId node) => IndexOf(node) is var index and >= 0 && Nodes[index].Scope != Scopes[0];

    /// <summary>Whether one node's output arrives at the other: directly, or gathered by a merge.</summary>
    internal bool Feeds(string from, NodeId to) => _feeders.Value[to.Value].Contains(from);

    private ILookup<string, string> FindFeeders()
    {
        var merges = Nodes.Where(node => node.IsMerge).Select(node => node.Id).ToHashSet();
        var gathered = Definition
            .Connections.Where(connection => merges.Contains(connection.ToNode))
            .ToLookup(connection => connection.ToNode, connection => connection.FromNode);
        return Definition
            .Connections.SelectMany(connection =>
                gathered[connection.FromNode].Prepend(connection.FromNode).Select(from => (From: from.Value, To: connection.ToNode.Value))
            )
            .ToLookup(pair => pair.To, pair => pair.From, StringComparer.Ordinal);
    }

    // What is nested multiplies.
    private static int WidthOf(CompiledNode[] nodes, CompiledScope scope)
    {
        var width = 1L;
        foreach (var node in nodes.Where(node => node.Scope == scope))
        {
            var inside = node.Body is { } body ? WidthOf(nodes, body) : 1;
            width = Math.Min(width * node.SideBySide * inside, MaxWidth);
        }

        return (int)width;
    }

    /// <summary>The node's place in <see cref="Nodes"/>, or -1.</summary>
    internal int IndexOf(NodeId node) => _indexes.GetValueOrDefault(node.Value, -1);
}

/// <summary>A node that can start an execution.</summary>
/// <param name="Config">The configuration as stored, a JSON object.</param>
public sealed record TriggerNode(NodeId Id, ActivityDescriptor Descriptor, JsonElement Config, bool Enabled)
{
    /// <summary>What it wants to be given; null for anything. A version from before schemas were checked may have one that can't be used.</summary>
    public InputSchema? InputSchema { get; private init; }

    internal static TriggerNode Of(CompiledNode node, JsonElement config) =>
        new(node.Id, node.Activity.Descriptor, config, node.Enabled)
        {
            InputSchema =
                node.Activity.Descriptor.InputSchemaIn is { } field
                && config.TryGetProperty(field, out var schema)
                && InputSchema.TryCompile(schema, out var compiled, out _)
                    ? compiled
                    : null,
        };
}
