using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Refuses input that is over the limits of a trigger or against its schema, so that every accepted execution can run.</summary>
internal static class TriggerInputs
{
    /// <summary>Returns null if the trigger accepts the input.</summary>
    public static AutomationError? Refusal(JsonElement input, IReadOnlyList<TriggerNode> triggers, NodeId trigger, EngineLimits limits) =>
        TooLarge(input, limits)
        ?? (
            triggers.First(one => one.Id == trigger).InputSchema?.Check(input) is { Count: > 0 } problems
                ? new AutomationError.BadInput(problems)
                : null
        );

    /// <summary>Returns null if the input is within the limits of a trigger.</summary>
    public static AutomationError? TooLarge(JsonElement input, EngineLimits limits) =>
        JsonMarshal.GetRawUtf8Value(input).Length is var bytes && bytes > limits.OutputBytes
            ? new AutomationError.TooLarge("What the trigger would put out", bytes, limits.OutputBytes)
            : null;
}
