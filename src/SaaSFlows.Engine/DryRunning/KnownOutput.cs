using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>What a node put out in a real execution, by the port by which it normally goes on.</summary>
public sealed record KnownOutput(JsonElement Output, ExecutionId Execution);

/// <summary>Where an output in a dry run comes from, if the node was not run.</summary>
public enum OutputSource
{
    /// <summary>It was pinned.</summary>
    Pin,

    /// <summary>The last real execution that has one.</summary>
    LastExecution,

    /// <summary>The example of a schema in the node's configuration.</summary>
    Example,

    /// <summary>Nothing is known: the plainest output of its kind.</summary>
    StandIn,
}
