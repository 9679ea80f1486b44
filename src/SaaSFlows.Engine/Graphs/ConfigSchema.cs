using System.Text.Json;

namespace SaaSFlows.Engine.Graphs;

/// <summary>
/// A descriptor's JSON Schema, compiled once, that checks the configurations of nodes. It reads the subset of JSON Schema that
/// descriptors use, and four keywords of ours: <c>x-widget</c> (how the studio draws the field), <c>x-literal</c> (no template
/// allowed: the field is read before the node runs), <c>x-name</c> (a text without a template is the name of a value: one that is
/// <c>required</c>, or <c>optional</c>) and <c>x-reserved</c> (names that are accepted and have no effect yet, each with the
/// warning that says so).
/// </summary>
public sealed class ConfigSchema
{
    private readonly ConfigSchemaNode root;

    private ConfigSchema(ConfigSchemaNode root) => this.root = root;

    /// <summary>Compiles a schema.</summary>
    /// <exception cref="ArgumentException">The schema uses a keyword or a type that is not in the subset: a bug in the descriptor.</exception>
    public static ConfigSchema Compile(JsonElement schema) => new(ConfigSchemaReader.Read(schema));

    /// <summary>
    /// Checks a configuration as its author wrote it. Text that holds a template is accepted for every type (its value is known
    /// only when the node runs); a field that is null counts as not given.
    /// </summary>
    /// <param name="config">The configuration, aliases already replaced; undefined or null counts as empty.</param>
    public ConfigSchemaReport Check(JsonElement config)
    {
        var findings = new ConfigSchemaFindings();
        root.Check(IsGiven(config) ? config : EmptyObject, string.Empty, findings);
        return new ConfigSchemaReport(findings.Errors, findings.Warnings, findings.Names);
    }

    internal static bool IsGiven(JsonElement value) => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    private static JsonElement EmptyObject { get; } = JsonElement.Parse("{}");
}
