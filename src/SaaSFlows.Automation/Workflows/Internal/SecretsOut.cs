using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Activities;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Automation.Workflows.Internal;

/// <summary>
/// Removes secrets from a definition: values in headers, query parameters and variables whose name suggests a secret become references.
/// </summary>
internal static partial class SecretsOut
{
    private static readonly string[] Places = ["headers", "query"];

    /// <param name="withheld">Receives the paths of the removed values.</param>
    public static WorkflowDefinition Of(WorkflowDefinition definition, List<string> withheld) =>
        definition with
        {
            Nodes = [.. definition.Nodes.Select(node => node with { Config = Config(node.Config, $"nodes.{node.Id}.config.", withheld) })],
            GlobalVariables = Values(definition.GlobalVariables, "variables.", withheld),
        };

    private static JsonElement Config(JsonElement config, string path, List<string> withheld)
    {
        var before = withheld.Count;
        var fields = new OrderedDictionary<string, JsonElement>(
            config
                .EnumerateObject()
                .Select(field =>
                    KeyValuePair.Create(
                        field.Name,
                        Places.Contains(field.Name) && field.Value.ValueKind == JsonValueKind.Object
                            ? Values(field.Value, $"{path}{field.Name}.", withheld)
                            : field.Value
                    )
                )
        );
        return withheld.Count == before ? config : JsonSerializer.SerializeToElement(fields);
    }

    private static JsonElement Values(JsonElement values, string path, List<string> withheld)
    {
        var secrets = values.EnumerateObject().Where(IsSecret).Select(field => field.Name).ToHashSet();
        if (secrets.Count == 0)
        {
            return values;
        }

        withheld.AddRange(secrets.Select(name => path + name));
        return JsonSerializer.SerializeToElement(
            new OrderedDictionary<string, object>(
                values
                    .EnumerateObject()
                    .Select(field =>
                        KeyValuePair.Create(
                            field.Name,
                            secrets.Contains(field.Name)
                                ? $"{{{{ env.{NoLetter().Replace(field.Name, "_").ToUpperInvariant()} }}}}"
                                : (object)field.Value
                        )
                    )
            )
        );
    }

    // A text with a template refers to the secret and does not contain it.
    private static bool IsSecret(JsonProperty field) =>
        field.Value.ValueKind == JsonValueKind.String
        && field.Value.GetString() is { Length: > 0 } text
        && !text.Contains("{{", StringComparison.Ordinal)
        && SecretNames.Contains(field.Name);

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex NoLetter();
}
