using System.Text.Json;

namespace SaaSFlows.Api.Wire;

/// <summary>Finds a field that a JSON document holds more than once.</summary>
internal static class RepeatedField
{
    /// <summary>Its place, such as <c>nodes.a.label</c>; null if there is none, or the document can't be read.</summary>
    public static string? Find(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = RequestBody.Strict.MaxDepth });
            return Find(document.RootElement, "");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Find(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().Select((entry, index) => Find(entry, $"{place}[{index}]")).FirstOrDefault(found => found is not null);
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            var here = place.Length == 0 ? field.Name : $"{place}.{field.Name}";
            if ((seen.Add(field.Name) ? Find(field.Value, here) : here) is { } found)
            {
                return found;
            }
        }

        return null;
    }
}
