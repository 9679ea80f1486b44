using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Executions;

/// <summary>Seed 001, «Workflow Management»: starts by name, and an execution by its id or, for its newest one, by its workflow's.</summary>
internal static class NamedExecutionRoutes
{
    private const int LongestName = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/api/v1/workflows");
        workflows.MapPost("/trigger", TriggerAsync).Needs(Permission.ExecuteWorkflows);
        workflows.MapGet("/{id}/status", StatusAsync).Needs(Permission.ReadExecutions);
        workflows.MapGet("/{id}/results", ResultsAsync).Needs(Permission.ReadExecutions);
        workflows.MapGet("/{id}/logs", LogsAsync).Needs(Permission.ReadLogs);
        workflows.MapPost("/{id}/cancel", CancelAsync).Needs(Permission.CancelExecutions);
    }

    private static async Task<IResult> TriggerAsync(HttpContext http, WorkflowNames names, StartExecution start, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<TriggerBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var errors = new Dictionary<string, string>();
        if (body.WorkflowName is not { Length: > 0 and <= LongestName } name || name.Contains('\0', StringComparison.Ordinal))
        {
            errors["workflow_name"] = $"is required: the workflow's key or name, at most {LongestName} characters.";
            name = "";
        }

        var data = ObjectField.Read(body.Data, "data", errors);
        var metadata = ObjectField.Read(body.Metadata, "metadata", errors);
        if (errors.Count > 0)
        {
            return Answers.FieldErrors("input.invalid", errors);
        }

        return await names.FindAsync(http.Caller(), name, ct) is { } id
            ? (await start.ForCallerAsync(http.Caller(), id, body.TriggerNode, data, metadata, ExecutionRoutes.IdempotencyKey(http), ct)).Match(
                execution => ExecutionRoutes.Started(http, execution, "Workflow triggered"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoWorkflow;
    }

    private static async Task<IResult> StatusAsync(HttpContext http, string id, FindExecutions find, CancellationToken ct) =>
        await FindAsync(http.Caller(), id, find, ct) is { } execution ? Answers.Ok(ExecutionBody.From(execution)) : RouteIds.NoExecution;

    private static async Task<IResult> ResultsAsync(HttpContext http, string id, FindExecutions find, ShowExecution show, CancellationToken ct) =>
        await FindAsync(http.Caller(), id, find, ct) is { } execution
            ? (await show.RunAsync(http.Caller(), execution.Id, ct)).Match(details => Answers.Ok(ResultsBody.From(details)), ErrorMap.ToAnswer)
            : RouteIds.NoExecution;

    private static async Task<IResult> LogsAsync(HttpContext http, string id, FindExecutions find, ReadLogs read, CancellationToken ct) =>
        await FindAsync(http.Caller(), id, find, ct) is { } execution
            ? await ExecutionRoutes.LogsAsync(http, execution.Id.ToString(), read, ct)
            : RouteIds.NoExecution;

    private static async Task<IResult> CancelAsync(
        HttpContext http,
        string id,
        FindExecutions find,
        CancelExecution cancel,
        WorkflowCommunity place,
        CancellationToken ct
    ) => await ExecutionRoutes.AnswerCancelAsync(http, () => FindAsync(http.Caller(), id, find, ct), cancel, place, ct);

    private static async Task<ExecutionSummary?> FindAsync(Caller caller, string text, FindExecutions find, CancellationToken ct)
    {
        if (!Guid.TryParse(text, out var id))
        {
            return null;
        }

        return await find.SummaryAsync(caller, new ExecutionId(id), ct)
            ?? (
                await find.ListAsync(
                    caller,
                    new ExecutionFilter(new WorkflowId(id), null, null),
                    ExecutionOrder.StartTime,
                    ascending: false,
                    new PageRequest(1, 1),
                    ct
                )
            ).Match(page => page.Items is [var newest, ..] ? newest : null, _ => null);
    }

    /// <param name="WorkflowName">A workflow's key, or the name that it was made from.</param>
    /// <param name="Data">Laid over the workflow's global variables, and what a manual trigger puts out.</param>
    private sealed record TriggerBody(string? WorkflowName, JsonElement? Data, JsonElement? Metadata, string? TriggerNode);

    /// <summary>What an execution came to; <c>output</c> is null until it has ended.</summary>
    /// <param name="Outputs">What each node put out that has run.</param>
    private sealed record ResultsBody(
        Guid ExecutionId,
        Guid WorkflowId,
        string Status,
        bool? Success,
        JsonElement? Output,
        IReadOnlyDictionary<string, JsonElement> Variables,
        IReadOnlyDictionary<string, JsonElement> Outputs,
        string? ErrorCode,
        string? ErrorMessage,
        string? ErrorNodeId
    )
    {
        public static ResultsBody From(ExecutionDetails details)
        {
            var summary = ExecutionBody.From(details.Summary);
            return new(
                summary.ExecutionId,
                summary.WorkflowId,
                summary.Status,
                summary.Success,
                Names.OrNull(details.View.Output),
                details.View.Variables,
                details
                    .View.Nodes.Where(node => node.Output.ValueKind != JsonValueKind.Undefined)
                    .ToDictionary(node => node.Id.Value, node => node.Output),
                details.Summary.ErrorCode,
                details.Summary.ErrorMessage,
                details.Summary.ErrorNode
            );
        }
    }
}
