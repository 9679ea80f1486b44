using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using SaaSFlows.Automation.Steps;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Checks the fields that create and update share.</summary>
internal static class WorkflowFields
{
    private const int MaxName = 200;
    private const int MaxDescription = 4000;

    public static Dictionary<string, string> Check(string? name, string? description, bool nameNeeded)
    {
        var errors = new Dictionary<string, string>();
        if (name is null ? nameNeeded : string.IsNullOrWhiteSpace(name))
        {
            errors["name"] = "is required and must not be blank.";
        }
        else if (TextProblem(name, MaxName) is { } problem)
        {
            errors["name"] = problem;
        }

        if (TextProblem(description, MaxDescription) is { } described)
        {
            errors["description"] = described;
        }

        return errors;
    }

    /// <summary>Returns the reason why a text does not fit into its column, or null if it does.</summary>
    public static string? TextProblem(string? text, int maxLength) =>
        text switch
        {
            null => null,
            { Length: var length } when length > maxLength => $"is longer than {maxLength} characters.",
            _ when text.Contains('\0') => "contains the character U+0000, which text can't hold.",
            _ => null,
        };

    /// <summary>Reads a definition in either form.</summary>
    public static bool Read(
        JsonElement body,
        ActivityCatalogue catalogue,
        EngineLimits limits,
        WorkflowDefinition? current,
        Dictionary<string, string> errors,
        [NotNullWhen(true)] out WorkflowDefinition? definition
    )
    {
        StepsReader? steps = null;
        if (StepsForm.IsUsedBy(body))
        {
            steps = new StepsReader(catalogue, limits.Nodes);
            body = steps.Read(body);
            foreach (var (field, problem) in steps.Errors)
            {
                errors.TryAdd(field, problem);
            }
        }

        DefinitionNames.Check(body, errors);
        definition = WorkflowDefinition
            .Read(body, catalogue, current)
            .Match<WorkflowDefinition?>(
                accepted => accepted,
                refused =>
                {
                    foreach (var error in refused)
                    {
                        errors.TryAdd(steps?.FieldOf(error.Field) ?? error.Field, error.Message);
                    }

                    return null;
                }
            );
        return definition is not null && errors.Count == 0;
    }
}
