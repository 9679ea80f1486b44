using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Conditions;

/// <summary>Sends what arrived to the port of the case that a value equals.</summary>
internal sealed class SwitchActivity : IActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "condition_switch",
            Category = "condition",
            DisplayName = "Switch",
            Icon = "route-2",
            Description = "Passes on what arrived by the port of the case that the value equals, else by default.",
            Produces = "what arrived",
            Outputs = ["default", "error"],
            OutputsFrom = "cases",
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["variable", "cases"],
                  "properties": {
                    "variable": {
                      "type": "string",
                      "title": "Value",
                      "description": "A name such as payload.status, or a template.",
                      "x-name": "required",
                      "minLength": 1
                    },
                    "cases": {
                      "type": "object",
                      "title": "Cases",
                      "description":
                      "Values and the ports that they lead to, such as {\"paid\": \"ship\", \"refunded\": \"stop\"}. Compared as equals does; the first one that fits decides.",
                      "x-widget": "cases",
                      "x-literal": true,
                      "additionalProperties": { "type": "string", "pattern": "^[A-Za-z0-9_.-]{1,100}$", "x-literal": true }
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var name = context.Config.Raw("variable").GetString()!;
        var value = name.Contains("{{", StringComparison.Ordinal) ? context.Config.Value("variable") : context.Named(name);
        foreach (var (option, port) in context.Config.Raw("cases").EnumerateObject().Select(field => (field.Name, field.Value.GetString()!)))
        {
            if (Operators.AreEqual(value, JsonSerializer.SerializeToElement(option)))
            {
                return new(new ActivityResult.Completed(port, context.Input));
            }
        }

        return new(new ActivityResult.Completed("default", context.Input));
    }
}
