using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.Flow;

/// <summary>Starts branches side by side. The engine races them, holds them back and ends them in time.</summary>
internal sealed class ParallelActivity : IResumableActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = "flow_parallel",
            Category = "flow",
            DisplayName = "Parallel",
            Icon = "git-fork",
            Description =
                "Starts every connection of output as a branch. Branches may race, be held back, and be limited in time. They end where they "
                + "meet, such as at a merge.",
            Produces = "what arrived",
            Outputs = ["output", "error"],
            IsFork = true,
            CanSuspend = true,
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    "execution_type": {
                      "type": "string",
                      "title": "Branches",
                      "description":
                      "parallel: all of them run to their end. any_first: the first one that gets to where branches meet, or to an End, cancels the others.",
                      "enum": ["parallel", "any_first"],
                      "default": "parallel",
                      "x-literal": true
                    },
                    "max_parallel": {
                      "type": "integer",
                      "title": "Side by side",
                      "description": "Branches that run at the same time; the others follow in their order. Left out: all.",
                      "minimum": 1,
                      "maximum": 1000,
                      "x-literal": true
                    },
                    "timeout_seconds": {
                      "type": "number",
                      "title": "Time limit",
                      "description": "Branches that are not done by then are cancelled, and this node fails with parallel.timeout.",
                      "minimum": 0.001,
                      "maximum": 86400,
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        new(new ActivityResult.Completed("output", context.Input));

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) =>
        new ActivityResult.Failed(
            "parallel.timeout",
            $"The branches were not done within {context.Config.Text("timeout_seconds")} s.",
            Retryable: false
        );
}
