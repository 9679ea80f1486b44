using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Data;

/// <summary>Sets variables of the execution, or those that all executions of its community share.</summary>
internal sealed class VariableSetActivity(IGlobalVariables globals) : IActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "data_variable_set",
            Category = "data",
            DisplayName = "Set variables",
            Icon = "variable",
            Description = "Sets variables that later nodes read as {{name}} or {{variables.name}}, and passes on what arrived.",
            Produces = "what arrived",
            Outputs = ["output", "error"],
            EffectsWhen = ("scope", "global"),
            VariablesFrom = ["variables"],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["variables"],
                  "properties": {
                    "variables": {
                      "type": "object",
                      "title": "Variables",
                      "description": "Names and values. A value that is one template, such as {{input.total}}, keeps its type.",
                      "x-widget": "key-value"
                    },
                    "scope": {
                      "type": "string",
                      "title": "Scope",
                      "description":
                      "workflow: the whole execution. local: the surrounding loop iteration; outside of loops, the same as workflow. global: all executions of the community, which read it with Get variable.",
                      "enum": ["local", "workflow", "global"],
                      "default": "workflow",
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var variables = context.Config.Value("variables");
        if (variables.ValueKind != JsonValueKind.Object)
        {
            return new(
                new ActivityResult.Failed(
                    "variables.not_an_object",
                    $"variables must be names and values, but is {variables.Shown()}.",
                    Retryable: false
                )
            );
        }

        var scope = context.Config.Text("scope");
        if (scope == "global")
        {
            return ShareAsync(context, variables, ct);
        }

        foreach (var variable in variables.EnumerateObject())
        {
            context.SetVariable(variable.Name, variable.Value, scope == "local" ? VariableScope.Local : VariableScope.Workflow);
        }

        return new(new ActivityResult.Completed("output", context.Input));
    }

    private async ValueTask<ActivityResult> ShareAsync(IActivityContext context, JsonElement variables, CancellationToken ct)
    {
        // Of two with the same name the last one counts, as in every other scope.
        var all = new Dictionary<string, JsonElement>();
        foreach (var variable in variables.EnumerateObject())
        {
            all[variable.Name] = variable.Value;
        }

        return await globals.WriteAsync(context.Execution, [.. all], context.IdempotencyKey, ct) is { } refused
            ? refused
            : new ActivityResult.Completed("output", context.Input);
    }
}
