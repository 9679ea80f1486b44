using System.Text.Json;
using SaaSFlows.Activities.Conditions;

namespace SaaSFlows.Activities.Events;

/// <summary>Decides whether an event is one that a trigger starts at or a node waits for; its type was compared before.</summary>
public static class EventMatch
{
    /// <param name="demands">An object: <c>platforms</c>, a list of names, and <c>filters</c>, an object of names and what their values must
    /// equal.</param>
    /// <param name="payload">The event as nodes see it: <c>data</c>, <c>metadata</c> and so on.</param>
    public static bool Matches(JsonElement demands, JsonElement payload)
    {
        var platforms = demands.At("platforms");
        return (
                platforms.ValueKind != JsonValueKind.Array
                || platforms.GetArrayLength() == 0
                || Operators.IsInList(payload.At("metadata.platform"), platforms)
            ) && Fulfils(demands.At("filters"), payload);
    }

    private static bool Fulfils(JsonElement filters, JsonElement payload)
    {
        if (filters.ValueKind != JsonValueKind.Object)
        {
            return true;
        }

        foreach (var filter in filters.EnumerateObject())
        {
            var inData = payload.At("data." + filter.Name);
            var actual = inData.ValueKind == JsonValueKind.Undefined ? payload.At(filter.Name) : inData;
            if (
                !(filter.Value.ValueKind == JsonValueKind.Array ? Operators.IsInList(actual, filter.Value) : Operators.AreEqual(actual, filter.Value))
            )
            {
                return false;
            }
        }

        return true;
    }
}
