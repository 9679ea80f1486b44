using System.Text.Json;

namespace SaaSFlows.Automation.Events;

/// <summary>Merges JSON documents one after the other (RFC 7386). If a name is repeated in an object, the last one counts.</summary>
internal sealed class MergedState
{
    private object? state;

    public void Merge(JsonElement patch) => state = patch.ValueKind == JsonValueKind.Undefined ? state : Merged(state, patch);

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(state);

    private static object? Merged(object? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return patch;
        }

        var merged = target as OrderedDictionary<string, object?> ?? new(StringComparer.Ordinal);
        foreach (var field in patch.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null)
            {
                merged.Remove(field.Name);
            }
            else
            {
                merged[field.Name] = Merged(merged.GetValueOrDefault(field.Name), field.Value);
            }
        }

        return merged;
    }
}
