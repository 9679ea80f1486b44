using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Flow;

/// <summary>Ends its branch and gives the execution its output.</summary>
internal sealed class EndActivity : IActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "flow_end",
            Category = "flow",
            DisplayName = "End",
            Icon = "flag",
            Description = "Ends this branch and sets the workflow's final output. Other branches go on; the last End that is reached counts.",
            Outputs = [],
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "output_data": {
                      "title": "Output",
                      "description": "Any JSON; values may be templates. Left out: what arrived.",
                      "x-widget": "json"
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        new(new ActivityResult.Completed(Port: null, context.Config.Has("output_data") ? context.Config.Value("output_data") : context.Input));
}
