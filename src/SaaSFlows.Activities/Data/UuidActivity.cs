using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Data;

/// <summary>Makes an id.</summary>
internal sealed class UuidActivity : IActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "data_uuid",
            Category = "data",
            DisplayName = "UUID",
            Icon = "hash",
            Description = "Makes a UUID: an id that nothing else has. It stays the same when the execution goes on after a crash. It is no secret.",
            Produces = "`uuid`, such as `7d0c1a52-3f0e-4d6b-9a57-0f6f2f1f6f11`",
            Outputs = ["output", "error"],
            VariablesFrom = ["output_variable"],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "output_variable": {
                      "type": "string",
                      "title": "Into",
                      "description": "A variable of the execution that is set to the UUID as well.",
                      "minLength": 1,
                      "maxLength": 200,
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
    {
        var uuid = context.NewId();
        if (context.Config.Text("output_variable") is { } name)
        {
            context.SetVariable(name, JsonSerializer.SerializeToElement(uuid));
        }

        return new(new ActivityResult.Completed("output", JsonSerializer.SerializeToElement(new { uuid })));
    }
}
