using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using SaaSFlows.Engine.Expressions;

namespace SaaSFlows.Engine.Graphs;

/// <summary>What a graph reads as <c>env</c>. It is captured when an execution starts, so nothing else of the environment is asked for.</summary>
public sealed partial class StartEnvironment
{
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    private readonly List<(string Name, CompiledValue Value)> _firstValues = [];

    private StartEnvironment(IReadOnlyList<string> names, IReadOnlyList<string> places) => (Names, Places) = (names, places);

    /// <summary>Names that are read as <c>env.NAME</c> somewhere; empty for most graphs.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// What is read of where an execution runs: <c>workflow.name</c>, <c>tenant.slug</c>, <c>tenant.name</c>; empty for most graphs.
    /// </summary>
    public IReadOnlyList<string> Places { get; }

    /// <summary>
    /// The variables an execution starts with: those whose first values are templates of <c>env</c>, then what the caller gave, which wins.
    /// </summary>
    /// <param name="env">A JSON object or undefined.</param>
    /// <param name="given">A JSON object or undefined.</param>
    /// <param name="problem">Which variable has no value, and why.</param>
    public bool TryGive(JsonElement env, JsonElement given, out JsonElement variables, [NotNullWhen(false)] out FieldError? problem)
    {
        (variables, problem) = (given, null);
        if (_firstValues.Count == 0)
        {
            return true;
        }

        var values = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        var scope = new EnvOnly(env.ValueKind == JsonValueKind.Object ? env : Nothing);
        foreach (var (name, template) in _firstValues)
        {
            if (!template.TryEvaluate(scope, ExpressionLimits.Default, out var value, out var error))
            {
                problem = new("global_variables." + name, error.Message);
                return false;
            }

            values[name] = value;
        }

        if (given.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in given.EnumerateObject())
            {
                values[field.Name] = field.Value;
            }
        }

        variables = JsonSerializer.SerializeToElement(values);
        return true;
    }

    internal static StartEnvironment Of(WorkflowDefinition definition)
    {
        string[] texts = [.. definition.Nodes.Select(node => node.Config).Append(definition.GlobalVariables).Select(json => json.GetRawText())];
        var environment = new StartEnvironment(
            [.. texts.SelectMany(text => Use().Matches(text)).Select(use => use.Groups["name"].Value).Distinct(StringComparer.Ordinal)],
            [
                .. texts
                    .SelectMany(text => PlaceUse().Matches(text))
                    .Select(use => $"{use.Groups["root"].Value}.{use.Groups["name"].Value}")
                    .Distinct(StringComparer.Ordinal),
            ]
        );
        foreach (var variable in Templates(definition))
        {
            // One that does not compile is refused by validation; in a version that is older than that rule it stays a text.
            if (CompiledValue.TryCompile(variable.Value, out var compiled, out _))
            {
                environment._firstValues.Add((variable.Name, compiled));
            }
        }

        return environment;
    }

    /// <summary>Variables whose first values are templates: those that name <c>env</c>. All others are taken as they are.</summary>
    internal static IEnumerable<JsonProperty> Templates(WorkflowDefinition definition) =>
        definition
            .GlobalVariables.EnumerateObject()
            .Where(variable => variable.Value.GetRawText() is var text && text.Contains("{{", StringComparison.Ordinal) && Use().IsMatch(text));

    // In JSON, so quotes may be escaped. What only looks like a use asks for a variable too many, which harms nobody.
    [GeneratedRegex(
        """\benv\s*(?:\??\.\s*(?<name>[\p{L}_$][\p{L}\p{N}_$]*)|(?:\?\.)?\s*\[\s*(?:'(?<name>[^'"\\]+)'|\\"(?<name>[^'"\\]+)\\")\s*\])"""
    )]
    private static partial Regex Use();

    [GeneratedRegex("""\b(?<root>workflow|tenant)\s*(?:\??\.\s*|(?:\?\.)?\s*\[\s*(?:'|\\")\s*)(?<name>name|slug)\b""")]
    private static partial Regex PlaceUse();

    private sealed class EnvOnly(JsonElement env) : IExpressionScope
    {
        public bool TryResolve(string name, out ExpressionValue value)
        {
            value = name == "env" ? ExpressionValue.From(env) : default;
            return name == "env";
        }
    }
}
