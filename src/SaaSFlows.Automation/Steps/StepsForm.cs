using System.Collections.Frozen;
using System.Text.Json;

namespace SaaSFlows.Automation.Steps;

/// <summary>The steps form of a definition, and the nodes that it implies. See <c>docs/steps-form.md</c>.</summary>
internal static class StepsForm
{
    public const string Version = "1.0";
    public const string Start = "start";
    public const string StartLabel = "Start";
    public const string JoinLabel = "Wait for all";

    // A node id has at most 100 characters.
    private const int LongestStem = 90;

    public static FrozenSet<string> Fields { get; } =
        FrozenSet.Create(StringComparer.Ordinal, "version", "steps", "connections", "variables", "settings");

    public static FrozenSet<string> ConnectionFields { get; } = FrozenSet.Create(StringComparer.Ordinal, "from", "to");

    /// <summary>Fields of a step with the same meaning as at a node.</summary>
    public static IReadOnlyList<string> NodeFields { get; } = ["description", "enabled", "retry", "timeout_seconds", "on_error"];

    public static FrozenSet<string> StepFields { get; } =
        FrozenSet.Create(StringComparer.Ordinal, ["id", "name", "type", "config", "depends_on", .. NodeFields]);

    public static bool IsUsedBy(JsonElement definition) =>
        definition.ValueKind == JsonValueKind.Object && definition.TryGetProperty("steps", out var steps) && steps.ValueKind != JsonValueKind.Null;

    /// <summary>Returns the node type of a step's type. Other names are node types already.</summary>
    public static string NodeType(string stepType) => stepType == "http" ? "action_http" : stepType;

    public static string StepType(string nodeType) => nodeType == "action_http" ? "http" : nodeType;

    /// <summary>The id of the merge before a step that waits for several others.</summary>
    public static string JoinId(string step) => $"{step[..Math.Min(step.Length, LongestStem)]}_join";
}

/// <summary>A dependency between two steps.</summary>
/// <param name="Path">The path of the dependency in the definition.</param>
internal readonly record struct StepEdge(string From, string To, string Path);
