using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>What a node puts out in a dry run, each time, instead of being run.</summary>
/// <param name="Port">The port that it leaves by; null for the main one.</param>
public sealed record PinnedOutput(string? Port, JsonElement Output)
{
    /// <summary>What keeps the pin from being used at a node of this type; null if nothing does.</summary>
    public string? ProblemAt(ActivityDescriptor descriptor, JsonElement config)
    {
        var ports = descriptor.IsLoop ? [Ports.Complete, Ports.Error] : descriptor.OutputsOf(config);
        return Port is null || ports.Contains(Port) ? null
            : ports.Count == 0 ? $"'{Port}' is not an output port of this node: it has none."
            : $"'{Port}' is not an output port that can be pinned: choose one of {string.Join(", ", ports)}.";
    }
}
