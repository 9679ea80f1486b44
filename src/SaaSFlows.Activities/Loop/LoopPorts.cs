using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Loop;

/// <summary>What the loops have in common.</summary>
internal static class LoopPorts
{
    public static IReadOnlyDictionary<string, string> Aliases { get; } = new Dictionary<string, string> { ["exit"] = "complete" };

    public static int MaxIterations(INodeConfig config) =>
        config.Raw("max_iterations") is { ValueKind: JsonValueKind.Number } value ? value.GetInt32() : int.MaxValue;

    public static bool Collects(INodeConfig config) => config.Raw("collect").ValueKind == JsonValueKind.True;
}
