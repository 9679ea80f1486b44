using System.Text.Json;
using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Activities;

namespace SaaSFlows.Engine.Running;

/// <summary>Calls activities and turns everything that may come out of them into a result.</summary>
internal static class NodeActivity
{
    public static async ValueTask<ActivityResult> RunAsync(NodeRun run, ILogger logger, CancellationToken ct)
    {
        try
        {
            return await run.Activity.ExecuteAsync(run, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            return FromException(run, logger, error);
        }
    }

    public static ActivityResult Resume(NodeRun run, ILogger logger, Stimulus stimulus)
    {
        try
        {
            return run.Activity is IResumableActivity resumable
                ? resumable.Resume(run, stimulus)
                : new ActivityResult.Failed("node.not_resumable", "The activity cannot be resumed.", Retryable: false);
        }
#pragma warning disable CA1031 // An activity's bug fails its node, not the worker.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return FromException(run, logger, error);
        }
    }

    private static ActivityResult.Failed FromException(NodeRun run, ILogger logger, Exception error)
    {
        if (error is NodeFailureException expected)
        {
            return new(expected.Code, expected.Message, Retryable: false);
        }

        if (error is InvalidOperationException or ArgumentException or JsonException && !run.SeesUnicode())
        {
            return new("node.not_unicode", $"A value that the node works with {UnicodeCheck.Problem}", Retryable: false);
        }

        EngineLog.ActivityBroke(logger, run.Execution.Id, run.Node, error);
        if (error is JsonException or InvalidOperationException { Source: "System.Text.Json" })
        {
            return new("node.too_deep", "A value is nested deeper than 64 levels, or is of a kind that the node does not take.", Retryable: false);
        }

        return new("node.crashed", "The activity failed because of a bug. The details are in the operator's log.", Retryable: true);
    }
}
