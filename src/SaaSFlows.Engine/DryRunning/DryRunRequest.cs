using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>A wish for a dry run.</summary>
/// <param name="Execution">Names the run; nothing is stored under it.</param>
/// <param name="Definition">Passed validation.</param>
/// <param name="Trigger">The node to begin at.</param>
/// <param name="Input">What arrives there.</param>
/// <param name="Variables">A JSON object over the workflow's global variables; undefined for none.</param>
/// <param name="Pins">By node; each fits its node (<see cref="PinnedOutput.ProblemAt"/>).</param>
public sealed record DryRunRequest(
    ExecutionRef Execution,
    WorkflowDefinition Definition,
    NodeId Trigger,
    JsonElement Input,
    JsonElement Variables,
    IReadOnlyDictionary<NodeId, PinnedOutput> Pins
)
{
    /// <summary>What nodes put out in real executions.</summary>
    public IReadOnlyDictionary<NodeId, KnownOutput> Known { get; init; } = new Dictionary<NodeId, KnownOutput>();

    /// <summary>What the graph asks for of where it runs; undefined for nothing.</summary>
    public JsonElement Place { get; init; }
}
