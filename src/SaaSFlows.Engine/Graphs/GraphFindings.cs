using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Graphs;

/// <summary>Collects what the validation of one definition finds.</summary>
internal sealed class GraphFindings
{
    private readonly Dictionary<NodeId, List<string>> _nodeErrors = [];

    public GraphFindings(WorkflowDefinition definition)
    {
        foreach (var node in definition.Nodes)
        {
            Nodes[node.Id] = node;
        }
    }

    public Dictionary<NodeId, NodeDefinition> Nodes { get; } = [];

    public List<string> Errors { get; } = [];

    public List<ValidationWarning> Warnings { get; } = [];

    public bool Knows(ConnectionDefinition connection) => Nodes.ContainsKey(connection.FromNode) && Nodes.ContainsKey(connection.ToNode);

    public void Add(NodeId node, string error)
    {
        if (!_nodeErrors.TryGetValue(node, out var errors))
        {
            _nodeErrors[node] = errors = [];
        }

        errors.Add(error);
    }

    /// <param name="warning">Its message gets the node before it.</param>
    public void Warn(ValidationWarning warning, NodeId node) =>
        Warnings.Add(warning with { Message = $"Node '{node}': {warning.Message}", Node = node.Value });

    public ValidationReport ToReport() =>
        new(Errors, Warnings, _nodeErrors.ToDictionary(pair => pair.Key.Value, pair => (IReadOnlyList<string>)pair.Value, StringComparer.Ordinal));
}
