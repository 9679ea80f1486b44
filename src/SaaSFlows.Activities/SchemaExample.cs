using System.Text.Json;

namespace SaaSFlows.Activities;

/// <summary>Makes a value that a JSON Schema describes: what it gives as example, else the simplest of its type.</summary>
internal static class SchemaExample
{
    /// <summary>Undefined if the schema says nothing.</summary>
    public static JsonElement Of(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        foreach (var name in new[] { "example", "const", "default" })
        {
            if (schema.TryGetProperty(name, out var given))
            {
                return given;
            }
        }

        foreach (var name in new[] { "examples", "enum" })
        {
            if (schema.TryGetProperty(name, out var several) && several.ValueKind == JsonValueKind.Array && several.GetArrayLength() > 0)
            {
                return several[0];
            }
        }

        return schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object ? Object(properties)
            : schema.TryGetProperty("items", out var items) ? List(items)
            : schema.TryGetProperty("type", out var type)
                ? Simplest(type.ValueKind == JsonValueKind.Array && type.GetArrayLength() > 0 ? type[0] : type)
            : default;
    }

    private static JsonElement Object(JsonElement properties)
    {
        var made = new OrderedDictionary<string, JsonElement?>(StringComparer.Ordinal);
        foreach (var property in properties.EnumerateObject())
        {
            made[property.Name] = OrNull(Of(property.Value));
        }

        return JsonSerializer.SerializeToElement(made);
    }

    private static JsonElement List(JsonElement items) => JsonSerializer.SerializeToElement(new[] { OrNull(Of(items)) });

    private static JsonElement? OrNull(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? null : value;

    private static JsonElement Simplest(JsonElement type) =>
        JsonElement.Parse(
            type.ScalarText() switch
            {
                "string" => "\"\"",
                "number" or "integer" => "0",
                "boolean" => "false",
                "array" => "[]",
                "object" => "{}",
                _ => "null",
            }
        );
}
