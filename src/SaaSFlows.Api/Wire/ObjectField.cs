using System.Text.Json;

namespace SaaSFlows.Api.Wire;

/// <summary>Fields of a body that hold an object of the caller's own.</summary>
internal static class ObjectField
{
    /// <summary>The object, or undefined where none is given; else <paramref name="errors"/> says what is wrong with the field.</summary>
    public static JsonElement Read(JsonElement? value, string field, Dictionary<string, string> errors)
    {
        if (value is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given)
        {
            return default;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            errors[field] = "must be a JSON object.";
        }

        return given;
    }
}
