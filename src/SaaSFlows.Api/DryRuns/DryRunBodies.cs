using System.Text.Json;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.DryRuns;
using SaaSFlows.Engine.DryRunning;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Api.DryRuns;

/// <summary>A wish for a dry run (seed 002, and what stands below <c>Metadata</c>).</summary>
/// <param name="Variables">Laid over the workflow's global variables, and what arrives at the trigger unless <c>input</c> is given.</param>
/// <param name="Metadata">Taken as execute does; nothing is kept.</param>
/// <param name="TriggerNode">The node to begin at; may be left out where the choice is clear.</param>
/// <param name="Input">What arrives at the trigger.</param>
/// <param name="PinnedOutputs">By node id.</param>
internal sealed record TestWorkflowBody(
    long? CommunityId,
    JsonElement Variables,
    JsonElement Metadata,
    string? TriggerNode,
    JsonElement Input,
    Dictionary<string, PinnedOutputBody?>? PinnedOutputs
);

/// <summary>What a node puts out instead of being run.</summary>
/// <param name="Port">Left out: the main one.</param>
internal sealed record PinnedOutputBody(string? Port, JsonElement Output);

/// <summary>A run of a node (seed 002), and what a real one would have done.</summary>
/// <param name="OutputFrom">Where the output of a node comes from that was not run: pin, last_execution, example or stand_in.</param>
internal sealed record TraceEntryBody(
    string NodeId,
    string Status,
    double DurationSeconds,
    JsonElement? Input,
    JsonElement? Output,
    IReadOnlyList<string>? Logs,
    JsonElement? Error,
    DateTimeOffset StartedAt,
    string Scope,
    string? Port,
    bool Pinned,
    JsonElement? Would,
    string? OutputFrom,
    Guid? OutputExecutionId
)
{
    public static TraceEntryBody From(DryRunEntry entry, bool withLogs) =>
        new(
            entry.Node.Value,
            Names.Of(entry.Status),
            Names.Seconds(entry.StartedAt, entry.EndedAt)!.Value,
            Names.OrNull(entry.Input),
            Names.OrNull(entry.Output),
            withLogs ? entry.Logs : null,
            Names.OrNull(entry.Error),
            entry.StartedAt,
            entry.Scope,
            entry.Port,
            entry.IsPinned,
            Names.OrNull(entry.Would),
            entry.Source is { } source ? NameOf(source) : null,
            entry.SourceExecution?.Value
        );

    private static string NameOf(OutputSource source) =>
        source switch
        {
            OutputSource.Pin => "pin",
            OutputSource.LastExecution => "last_execution",
            OutputSource.Example => "example",
            OutputSource.StandIn => "stand_in",
        };
}

internal sealed record TestSummaryBody(int NodesExecuted, int NodesFailed, double TotalDuration, bool Passed);

/// <summary>What came of a dry run (seed 002).</summary>
/// <param name="TraceEntries">How many there were; more than <c>trace</c> holds exactly if <c>trace_truncated</c>.</param>
internal sealed record TestedWorkflowBody(
    Guid ExecutionId,
    Guid WorkflowId,
    bool TestMode,
    string Status,
    double ExecutionTimeSeconds,
    IReadOnlyList<TraceEntryBody> Trace,
    bool TraceTruncated,
    int TraceEntries,
    IReadOnlyDictionary<string, JsonElement> FinalVariables,
    JsonElement? FinalOutput,
    string? ErrorCode,
    string? ErrorMessage,
    string? ErrorNodeId,
    TestSummaryBody Summary
)
{
    public static TestedWorkflowBody From(FinishedDryRun finished, bool withLogs)
    {
        var report = finished.Report;
        var seconds = Names.Seconds(report.StartedAt, report.EndedAt)!.Value;
        return new(
            finished.Execution.Value,
            finished.Workflow.Value,
            TestMode: true,
            Names.Of(report.Status),
            seconds,
            [.. report.Trace.Select(entry => TraceEntryBody.From(entry, withLogs))],
            report.Entries > report.Trace.Count,
            report.Entries,
            report.Variables,
            Names.OrNull(report.Output),
            report.ErrorCode,
            report.ErrorMessage,
            report.ErrorNode?.Value,
            new(report.NodesExecuted, report.NodesFailed, seconds, report.Status == ExecutionStatus.Completed)
        );
    }
}
