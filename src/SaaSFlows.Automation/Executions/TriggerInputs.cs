using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Says at the door what no trigger could put out, or what the one that is started does not take: whatever is accepted can run.</summary>
internal static class TriggerInputs
{
    /// <summary>Null if the trigger takes it.</summary>
    public static AutomationError? Refusal(JsonElement input, IReadOnlyList<TriggerNode> triggers, NodeId trigger, EngineLimits limits) =>
        TooLarge(input, limits)
        ?? (
            triggers.First(one => one.Id == trigger).InputSchema?.Check(input) is { Count: > 0 } problems
                ? new AutomationError.BadInput(problems)
                : null
        );

    /// <summary>Null if a trigger can put it out.</summary>
    public static AutomationError? TooLarge(JsonElement input, EngineLimits limits) =>
        JsonMarshal.GetRawUtf8Value(input).Length is var bytes && bytes > limits.OutputBytes
            ? new AutomationError.TooLarge("What the trigger would put out", bytes, limits.OutputBytes)
            : null;
}
