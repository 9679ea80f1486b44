using System.Text.Json;

namespace SaaSFlows.Activities.Tests;

internal static class Json
{
    public static JsonElement Of(string text) => JsonElement.Parse(text);

    /// <summary>The value of a field by a dotted path; undefined if there is none.</summary>
    public static JsonElement At(this JsonElement value, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return default;
            }
        }

        return value;
    }

    public static void AssertSame(string expected, JsonElement actual) =>
        Assert.True(
            JsonElement.DeepEquals(Of(expected), actual),
            $"Expected {expected}, but was {(actual.ValueKind == JsonValueKind.Undefined ? "undefined" : actual.GetRawText())}"
        );
}
