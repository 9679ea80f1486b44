using System.Globalization;
using System.Text.Json;

namespace SaaSFlows.Engine.Graphs;

/// <summary>
/// Finds names in a configuration that hold a template. Only values are evaluated: such a name would be taken as it is, braces and all.
/// </summary>
internal static class TemplateNames
{
    /// <summary>What is wrong, each naming its field.</summary>
    public static IEnumerable<string> In(JsonElement value, string path = "") =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().SelectMany(field => In(field, path.Length == 0 ? field.Name : $"{path}.{field.Name}")),
            JsonValueKind.Array => value
                .EnumerateArray()
                .SelectMany((item, index) => In(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"))),
            _ => [],
        };

    private static IEnumerable<string> In(JsonProperty field, string path) =>
        field.Name.Contains("{{", StringComparison.Ordinal) ? [$"{path}: a name can't hold a template; only values can."] : In(field.Value, path);
}
