using System.Text.Json;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Activities.SubWorkflows;

/// <summary>Starts another workflow and, if wanted, parks the execution until that one has ended.</summary>
internal sealed class SubWorkflowActivity(ISubWorkflows workflows) : IResumableActivity, IPreviewableActivity
{
    public ActivityDescriptor Descriptor { get; } =
        new()
        {
            Type = NodeTypes.RunWorkflow,
            Category = "action",
            DisplayName = "Run workflow",
            Icon = "sitemap",
            Description =
                "Starts another published workflow of the same community, and waits for its end unless told not to. Workflows call each other at "
                + "most 10 deep.",
            Produces =
                "`execution_id`, `workflow_id`, and if it waited `status`, `output`. An execution that failed or was cancelled fails the node "
                + "with `workflow.failed` or `workflow.cancelled`; the `error` port then carries the same as `detail`, with `error` "
                + "{`code`, `message`, `node`}",
            Outputs = ["success", "error"],
            HasEffects = true,
            CanSuspend = true,
            DefaultRetry = new RetryPolicy(3, "exponential", 1),
            DefaultTimeout = TimeSpan.FromSeconds(30),
            ConfigAliases = new Dictionary<string, string> { ["workflow_id"] = "workflow" },
            ConfigSchema = JsonElement.Parse(
                """
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["workflow"],
                  "properties": {
                    "workflow": {
                      "type": "string",
                      "title": "Workflow",
                      "description": "Its id or its key.",
                      "x-widget": "workflow",
                      "minLength": 1,
                      "maxLength": 300
                    },
                    "wait": {
                      "type": "boolean",
                      "title": "Wait for its end",
                      "description": "When off, the node is done as soon as the other workflow is started.",
                      "default": true,
                      "x-literal": true
                    },
                    "input": {
                      "type": "object",
                      "title": "Input",
                      "description": "Names and values that the other workflow starts with.",
                      "x-widget": "key-value"
                    },
                    "trigger_node": {
                      "type": "string",
                      "title": "Trigger",
                      "description": "The trigger node to start at. Empty: the manual one, else the only one.",
                      "minLength": 1,
                      "maxLength": 100,
                      "x-literal": true
                    }
                  }
                }
                """
            ),
        };

    public async ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
        Read(context, out var call) is { } failure
            ? failure
            : (await workflows.StartAsync(context.Execution, call, ct)).Match<ActivityResult>(
                started =>
                    call.Bookmark is null
                        ? new ActivityResult.Completed(
                            "success",
                            JsonSerializer.SerializeToElement(new { execution_id = started.Child.Value, workflow_id = started.Workflow.Value })
                        )
                        : new ActivityResult.Suspended(WaitKinds.Workflow, Key: null, Due: null),
                ended => Ended(ended.Result),
                failed => new ActivityResult.Failed(failed.Code, failed.Message, failed.Retryable)
            );

    /// <summary>
    /// Goes on as if the other workflow had put out nothing, unless a real execution is known: what it would do is its own dry run's to say.
    /// </summary>
    public Preview Preview(IActivityContext context)
    {
        if (Read(context, out var call) is { } failure)
        {
            return new(default, failure);
        }

        var would = JsonSerializer.SerializeToElement(
            new
            {
                workflow = call.Workflow,
                input = call.Input,
                wait = call.Bookmark is not null,
            }
        );
        return call.Bookmark is null
            ? new(
                would,
                new ActivityResult.Completed(
                    "success",
                    JsonSerializer.SerializeToElement(new { execution_id = (string?)null, workflow_id = (string?)null })
                )
            )
            : new(would, new ActivityResult.Suspended(WaitKinds.Workflow, Key: null, Due: null))
            {
                Answer = JsonSerializer.SerializeToElement(
                    new
                    {
                        execution_id = (string?)null,
                        workflow_id = (string?)null,
                        status = "completed",
                        output = (string?)null,
                        error = (string?)null,
                    }
                ),
            };
    }

    public bool UsesLastOutput => true;

    public ActivityResult Resume(IActivityContext context, Stimulus stimulus) => Ended(stimulus.Payload);

    private static ActivityResult.Failed? Read(IActivityContext context, out SubWorkflowCall call)
    {
        var input = context.Config.Has("input") ? context.Config.Value("input") : JsonElement.Parse("{}");
        var waits = context.Config.Raw("wait").ValueKind != JsonValueKind.False;
        call = new SubWorkflowCall(
            context.Config.Text("workflow") ?? "",
            context.Config.Text("trigger_node"),
            input,
            waits ? context.NextBookmark : null,
            context.IdempotencyKey
        );
        return input.ValueKind == JsonValueKind.Object
            ? null
            : new ActivityResult.Failed("workflow.bad_input", $"input must be names and values, but is {input.Shown()}.", Retryable: false);
    }

    private static ActivityResult Ended(JsonElement result) =>
        result.At("status").ScalarText() switch
        {
            "completed" => new ActivityResult.Completed("success", result),
            "cancelled" => new ActivityResult.Failed("workflow.cancelled", "The other workflow's execution was cancelled.", Retryable: false)
            {
                Detail = result,
            },
            "unknown" => new ActivityResult.Failed(
                "workflow.result_lost",
                "The other workflow's execution has ended, but its result could not be brought here.",
                Retryable: false
            )
            {
                Detail = result,
            },
            _ => new ActivityResult.Failed(
                "workflow.failed",
                $"The other workflow's execution failed ({result.At("error.code").ScalarText()}): {result.At("error.message").ScalarText()}",
                Retryable: false
            )
            {
                Detail = result,
            },
        };
}
