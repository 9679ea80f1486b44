using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Grpc.V1;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.LiveLogs;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Api.Grpc;

/// <summary>REST's bodies as messages.</summary>
internal static class Messages
{
    public static ExecuteWorkflowResponse Started(StartedExecution execution) =>
        new()
        {
            ExecutionId = $"{execution.Id.Value}",
            WorkflowId = $"{execution.Workflow.Value}",
            Status = Names.Of(execution.Status),
            StartTime = execution.StartedAt.ToTimestamp(),
            Replayed = execution.IsRepeat,
        };

    public static CancelExecutionResponse Cancelled(ExecutionSummary execution) =>
        new()
        {
            ExecutionId = $"{execution.Id.Value}",
            Status = Names.Of(execution.Status),
            CancelledAt = execution.Status == ExecutionStatus.Cancelled ? execution.EndedAt?.ToTimestamp() : null,
        };

    public static GetExecutionStatusResponse Status(ExecutionDetailsBody body)
    {
        var message = new GetExecutionStatusResponse
        {
            ExecutionId = $"{body.ExecutionId}",
            WorkflowId = $"{body.WorkflowId}",
            WorkflowName = body.WorkflowName,
            Version = body.Version,
            Trigger = body.Trigger,
            Status = body.Status,
            StartTime = body.StartTime.ToTimestamp(),
            EndTime = body.EndTime?.ToTimestamp(),
            ExecutionPath = { body.ExecutionPath },
            PathTruncated = body.PathTruncated,
            NodeStates = { body.NodeStates.ToDictionary(node => node.Key, node => Node(node.Value)) },
            FinalVariables = { body.FinalVariables.ToDictionary(variable => variable.Key, variable => variable.Value.GetRawText()) },
            Retries = { body.Retries.Select(retry => $"{retry}") },
            LastSeq = body.LastSeq,
            Metrics = body.Metrics is { } metrics ? Metrics(metrics) : null,
        };
        Set(body.ExecutionTimeSeconds, value => message.ExecutionTimeSeconds = value);
        Set(body.Input, value => message.Input = value);
        Set(body.Metadata, value => message.Metadata = value);
        Set(body.FinalOutput, value => message.FinalOutput = value);
        Set(body.ErrorCode, value => message.ErrorCode = value);
        Set(body.ErrorMessage, value => message.ErrorMessage = value);
        Set(body.ErrorNodeId, value => message.ErrorNodeId = value);
        Set(body.RetryOf?.ToString(), value => message.RetryOf = value);
        Set(body.RetryFromNode, value => message.RetryFromNode = value);
        Set(body.ParentExecutionId?.ToString(), value => message.ParentExecutionId = value);
        return message;
    }

    public static WatchExecutionResponse Changed(LiveUpdate.Changed live)
    {
        var message = live.Change.Match(
            node => new WatchExecutionResponse { Node = Node(NodeStateBody.From(node.Node, withLogs: true)) },
            execution => new WatchExecutionResponse { Execution = Execution(ExecutionChangeBody.From(execution)) }
        );
        message.Seq = live.Change.Seq;
        message.At = live.Change.At.ToTimestamp();
        if (live.IsLastOfEvent)
        {
            message.ResumeAfter = live.Change.Seq;
        }

        return message;
    }

    private static NodeState Node(NodeStateBody body)
    {
        var message = new NodeState
        {
            NodeId = body.NodeId,
            Status = body.Status,
            StartedAt = body.StartedAt?.ToTimestamp(),
            CompletedAt = body.CompletedAt?.ToTimestamp(),
            Logs = { body.Logs ?? [] },
            Attempt = body.Attempt,
            Runs = body.Runs,
            Scope = body.Scope,
        };
        Set(body.InputData, value => message.InputData = value);
        Set(body.OutputData, value => message.OutputData = value);
        Set(body.Error, value => message.Error = value);
        Set(body.Port, value => message.Port = value);
        return message;
    }

    private static ExecutionChange Execution(ExecutionChangeBody body)
    {
        var message = new ExecutionChange { Status = body.Status };
        Set(body.FinalOutput, value => message.FinalOutput = value);
        Set(body.ErrorCode, value => message.ErrorCode = value);
        Set(body.ErrorMessage, value => message.ErrorMessage = value);
        Set(body.ErrorNodeId, value => message.ErrorNodeId = value);
        return message;
    }

    private static ExecutionMetrics Metrics(MetricsBody body)
    {
        var message = new ExecutionMetrics { NodesExecuted = body.NodesExecuted, JournalEvents = body.JournalEvents };
        Set(body.RunSeconds, value => message.RunSeconds = value);
        return message;
    }

    // Generated setters refuse null: a field that is not set is not there.
    private static void Set(string? value, Action<string> set)
    {
        if (value is not null)
        {
            set(value);
        }
    }

    private static void Set(JsonElement? value, Action<string> set) => Set(value?.GetRawText(), set);

    private static void Set(double? value, Action<double> set)
    {
        if (value is { } number)
        {
            set(number);
        }
    }
}
