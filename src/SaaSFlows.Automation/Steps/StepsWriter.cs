using System.Text.Json;
using SaaSFlows.Activities;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Steps;

/// <summary>Converts a graph to the steps form, if possible. An instance writes one definition.</summary>
/// <param name="problems">The reasons by node why the conversion is not possible.</param>
internal sealed class StepsWriter(WorkflowDefinition definition, ActivityCatalogue catalogue, Dictionary<string, string> problems)
{
    private readonly Dictionary<NodeId, NodeDefinition> nodes = definition.Nodes.ToDictionary(node => node.Id);
    private readonly ILookup<NodeId, ConnectionDefinition> into = definition.Connections.ToLookup(connection => connection.ToNode);
    private readonly ILookup<NodeId, ConnectionDefinition> from = definition.Connections.ToLookup(connection => connection.FromNode);
    private readonly JsonElement stored = JsonElement.Parse(definition.ToUtf8Json());

    /// <summary>The definition; undefined if there are problems.</summary>
    public JsonElement Write()
    {
        CheckNodes();
        CheckConnections();
        if (problems.Count > 0)
        {
            return default;
        }

        // An implied merge and its outgoing connection are left out. The step behind it depends on all predecessors of the merge.
        var joins = definition.Nodes.Where(IsJoin).ToDictionary(node => node.Id, node => from[node.Id].Single().ToNode);
        var start = definition.Nodes.FirstOrDefault(IsStart)?.Id;
        List<StepEdge> edges =
        [
            .. definition
                .Connections.Where(connection => connection.FromNode != start && !joins.ContainsKey(connection.FromNode))
                .Select(connection => new StepEdge(
                    connection.FromNode.Value,
                    joins.GetValueOrDefault(connection.ToNode, connection.ToNode).Value,
                    ""
                )),
        ];
        var before = edges.ToLookup(edge => edge.To, edge => edge.From);
        var written = new Dictionary<string, object>
        {
            ["version"] = StepsForm.Version,
            ["steps"] = definition
                .Nodes.Where(node => node.Id != start && !joins.ContainsKey(node.Id))
                .Select(node => Step(node, before[node.Id.Value])),
            ["connections"] = edges.Select(edge => new { from = edge.From, to = edge.To }),
            ["variables"] = definition.GlobalVariables,
        };
        if (stored.TryGetProperty("settings", out var settings))
        {
            written["settings"] = settings;
        }

        return JsonSerializer.SerializeToElement(written);
    }

    private void CheckNodes()
    {
        var triggers = definition.Nodes.Where(node => DescriptorOf(node)?.IsTrigger == true).ToList();
        foreach (var node in definition.Nodes)
        {
            var descriptor = DescriptorOf(node);
            if (triggers.Count > 1 && triggers.Contains(node))
            {
                problems[node.Id.Value] = $"is one of {triggers.Count} triggers; the steps form has only one.";
            }
            else if (descriptor is { IsLoop: true } or { IsBreak: true })
            {
                problems[node.Id.Value] = descriptor.IsLoop
                    ? "is a loop; the steps form has no loops."
                    : "leaves a loop; the steps form has no loops.";
            }
            else if (descriptor?.IsMerge != true && into[node.Id].Skip(1).Any())
            {
                problems[node.Id.Value] =
                    $"runs once for each of its {into[node.Id].Count()} incoming connections; a step runs once, when all before it are done. Put "
                    + "a Merge before it.";
            }
        }
    }

    private void CheckConnections()
    {
        var seen = new HashSet<(NodeId, NodeId)>();
        foreach (var connection in definition.Connections)
        {
            var (source, target) = (connection.FromNode, connection.ToNode);
            if (!nodes.TryGetValue(source, out var node) || !nodes.ContainsKey(target))
            {
                problems.TryAdd(source.Value, $"is connected to '{target}', but one of the two does not exist.");
            }
            else if (connection.FromPort != ((DescriptorOf(node) is { } known ? known.MainPortOf(node.Config) : null) ?? "output"))
            {
                problems.TryAdd(source.Value, $"leaves by its port '{connection.FromPort}' to '{target}'; the steps form has no ports.");
            }
            else if (connection.ToPort != "input")
            {
                problems.TryAdd(target.Value, $"is entered by its port '{connection.ToPort}'; the steps form has no ports.");
            }
            else if (!seen.Add((source, target)))
            {
                problems.TryAdd(source.Value, $"is connected to '{target}' twice.");
            }
        }

        if (problems.Count == 0 && Cycle() is [var first, ..] cycle)
        {
            problems[first.From] = $"is part of a cycle: {string.Join(" → ", cycle.Select(edge => edge.From).Append(first.From))}.";
        }
    }

    private List<StepEdge> Cycle() =>
        StepOrder.FindCycle(
            [.. definition.Nodes.Select(node => node.Id.Value)],
            [.. definition.Connections.Select(connection => new StepEdge(connection.FromNode.Value, connection.ToNode.Value, ""))]
        );

    /// <summary>Whether a node is the trigger that reading would add, without changes by its author.</summary>
    private bool IsStart(NodeDefinition node) =>
        node.Id.Value == StepsForm.Start
        && IsPlain(node, NodeTypes.TriggerManual, StepsForm.StartLabel)
        && definition.Nodes.All(one => one.Id == node.Id || into.Contains(one.Id))
        && from[node.Id].All(connection => !into[connection.ToNode].Skip(1).Any());

    /// <summary>Whether a node is a merge that reading would add.</summary>
    private bool IsJoin(NodeDefinition node) =>
        IsPlain(node, "flow_merge", StepsForm.JoinLabel)
        && from[node.Id].ToList() is [var only]
        && node.Id.Value == StepsForm.JoinId(only.ToNode.Value)
        && into[node.Id].Skip(1).Any()
        && DescriptorOf(nodes[only.ToNode]) is not { IsMerge: true };

    private static bool IsPlain(NodeDefinition node, string type, string label) =>
        node is { Enabled: true, Description: null, Retry: null, Timeout: null, OnError: null, Other.Count: 0 }
        && node.Type == type
        && node.Label == label
        && !node.Config.EnumerateObject().Any();

    private Dictionary<string, object> Step(NodeDefinition node, IEnumerable<string> before)
    {
        var step = new Dictionary<string, object>
        {
            ["id"] = node.Id.Value,
            ["name"] = node.Label,
            ["type"] = StepsForm.StepType(node.Type),
            ["config"] = node.Config,
            ["depends_on"] = before,
        };
        var fields = stored.GetProperty("nodes").GetProperty(node.Id.Value);
        foreach (var field in StepsForm.NodeFields)
        {
            if (fields.TryGetProperty(field, out var value))
            {
                step[field] = value;
            }
        }

        return step;
    }

    private ActivityDescriptor? DescriptorOf(NodeDefinition node) => catalogue.TryFind(node.Type, out var activity) ? activity.Descriptor : null;
}
