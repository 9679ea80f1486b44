using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SaaSFlows.Automation.Results;

namespace SaaSFlows.Api.Wire;

/// <summary>
/// Finds what a body says and its type does not, so that nothing that a caller wrote is silently ignored. Free-form parts are
/// <see cref="JsonElement"/> and hold anything.
/// </summary>
internal static class UnknownFields
{
    // Errors are for people: nobody reads a thousand.
    private const int Most = 50;

    /// <summary>By path, what is wrong; null if every field is known.</summary>
    /// <param name="shown">Another type whose fields the body itself may have; null for none.</param>
    public static Dictionary<string, string>? Find(JsonElement body, JsonTypeInfo type, JsonTypeInfo? shown = null)
    {
        Dictionary<string, string>? found = null;
        Walk(body, type, "", ref found);
        foreach (var name in shown is null || found is null ? [] : found.Keys.Where(name => Knows(shown, name)).ToList())
        {
            found!.Remove(name);
        }

        return found is { Count: 0 } ? null : found;
    }

    public static bool Knows(JsonTypeInfo type, string name) => type.Properties.Any(one => one.Name == name);

    private static void Walk(JsonElement value, JsonTypeInfo type, string path, ref Dictionary<string, string>? found)
    {
        if (type.Kind == JsonTypeInfoKind.Object && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in value.EnumerateObject())
            {
                WalkField(field, type, path, ref found);
            }
        }
        else if (type.Kind == JsonTypeInfoKind.Dictionary && value.ValueKind == JsonValueKind.Object && Inner(type) is { } entryType)
        {
            foreach (var entry in value.EnumerateObject())
            {
                Walk(entry.Value, entryType, $"{path}{entry.Name}.", ref found);
            }
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable && value.ValueKind == JsonValueKind.Array && Inner(type) is { } itemType)
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
            {
                Walk(item, itemType, string.Create(CultureInfo.InvariantCulture, $"{path.TrimEnd('.')}[{index}]."), ref found);
            }
        }
    }

    private static void WalkField(JsonProperty field, JsonTypeInfo type, string path, ref Dictionary<string, string>? found)
    {
        if (PropertyOf(field, type) is not { } property)
        {
            found ??= [];
            if (found.Count < Most)
            {
                found[path + field.Name] = FieldNames.Unknown(field.Name, type.Properties.Select(one => one.Name));
            }
        }
        else if (
            field.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            && type.Options.GetTypeInfo(property.PropertyType) is { Kind: not JsonTypeInfoKind.None } inner
        )
        {
            Walk(field.Value, inner, $"{path}{property.Name}.", ref found);
        }
    }

    private static JsonPropertyInfo? PropertyOf(JsonProperty field, JsonTypeInfo type)
    {
        for (var i = 0; i < type.Properties.Count; i++)
        {
            if (field.NameEquals(type.Properties[i].Name))
            {
                return type.Properties[i];
            }
        }

        return type.Options.PropertyNameCaseInsensitive
            ? type.Properties.FirstOrDefault(one => one.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase))
            : null;
    }

    private static JsonTypeInfo? Inner(JsonTypeInfo type) =>
        type.ElementType is { } element && type.Options.GetTypeInfo(element) is { Kind: not JsonTypeInfoKind.None } inner ? inner : null;
}
