using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace SaaSFlows.Engine.Graphs;

/// <summary>
/// What a trigger wants to be given: a subset of JSON Schema that a tenant writes and that is enforced where the workflow is started
/// (docs/executions.md).
/// </summary>
public sealed class InputSchema
{
    private const int MostProblems = 20;

    // A value may be checked by many branches: both are chosen by tenants.
    private const int MostSteps = 200_000;

    private readonly ConfigSchemaNode root;

    private InputSchema(ConfigSchemaNode root) => this.root = root;

    /// <param name="problem">Which keyword can't be used and why, as a sentence.</param>
    public static bool TryCompile(JsonElement schema, [NotNullWhen(true)] out InputSchema? compiled, [NotNullWhen(false)] out string? problem)
    {
        var reader = new InputSchemaReader();
        try
        {
            var read = reader.Node(schema);
            (compiled, problem) =
                read.Types is [] || read.Types.Contains(ConfigSchemaType.Object)
                    ? (new InputSchema(read), (string?)null)
                    : (null, "input_schema.type must be object: a workflow is always started with an object.");
            return compiled is not null;
        }
        catch (ArgumentException error)
        {
            var at = reader.Path;
            (compiled, problem) = (null, $"{(at.Length == 0 ? "input_schema" : $"input_schema.{at}")} {error.Message}");
            return false;
        }
    }

    /// <summary>By path what is wrong with the input; empty if nothing is.</summary>
    public Dictionary<string, string> Check(JsonElement input)
    {
        var findings = new ConfigSchemaFindings { StepsLeft = new(MostSteps) };
        try
        {
            root.Check(input, "", findings);
        }
        catch (InvalidOperationException)
        {
            // System.Text.Json has no gentler way to say that an escape such as \ud800 is half a character.
            return new() { ["input"] = "holds text that is not valid Unicode." };
        }

        var problems = new Dictionary<string, string>();
        foreach (var error in findings.Errors.Take(MostProblems))
        {
            problems.TryAdd(error.Path.Length == 0 ? "input" : error.Path, error.Complaint);
        }

        if (findings.StepsLeft.Value < 0)
        {
            problems["input"] = string.Create(CultureInfo.InvariantCulture, $"needs more than {MostSteps:N0} steps to be checked by input_schema.");
        }

        return problems;
    }
}
