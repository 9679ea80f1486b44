using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Data;

/// <summary>Reads a variable.</summary>
internal sealed class VariableGetActivity(IGlobalVariables globals) : IPreviewableActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "data_variable_get",
            Category = "data",
            DisplayName = "Get variable",
            Icon = "database",
            Description = "Puts out the value of a variable.",
            Produces = "the value",
            Outputs = ["output", "error"],
            EffectsWhen = ("scope", "global"),
            VariablesFrom = ["output_variable"],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["variable_name"],
                  "properties": {
                    "variable_name": {
                      "type": "string",
                      "title": "Variable",
                      "description": "Its name. In the scopes local and workflow also a path such as order.total.",
                      "x-name": "optional",
                      "minLength": 1,
                      "maxLength": 200
                    },
                    "scope": {
                      "type": "string",
                      "title": "Scope",
                      "description":
                      "local and workflow: what the execution's expressions see. global: the variables that all executions of the community share.",
                      "enum": ["local", "workflow", "global"],
                      "default": "workflow",
                      "x-literal": true
                    },
                    "output_variable": {
                      "type": "string",
                      "title": "Into",
                      "description": "A variable of the execution that is set to the value as well.",
                      "minLength": 1,
                      "maxLength": 200,
                      "x-literal": true
                    },
                    "default_value": { "title": "Otherwise", "description": "The value if there is no such variable. Without it that is null." }
                  }
                }
                """
            ),
        };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var name = context.Config.Text("variable_name")!;
        return PutOut(
            context,
            context.Config.Text("scope") == "global" ? await globals.ReadAsync(context.Execution, name, ct) : context.Lookup("variables." + name)
        );
    }

    /// <summary>Asked for global variables only. Those of real executions are not read: it goes on as if there were none of that name.</summary>
    public Preview Preview(IActivityContext context) =>
        new(JsonSerializer.SerializeToElement(new { read_global_variable = context.Config.Text("variable_name") }), PutOut(context, default));

    private static ActivityResult.Completed PutOut(IActivityContext context, JsonElement found)
    {
        var value = found.ValueKind == JsonValueKind.Undefined ? context.Config.Value("default_value") : found;
        if (context.Config.Text("output_variable") is { } variable)
        {
            context.SetVariable(variable, value);
        }

        return new ActivityResult.Completed("output", value);
    }
}
