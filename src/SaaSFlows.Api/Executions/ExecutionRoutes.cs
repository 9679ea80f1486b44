using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Executions;

/// <summary>Seed 002, «Execution API», and the list across workflows.</summary>
internal static class ExecutionRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/api/v1/workflows");
        workflows.MapPost("/{workflow_id}/execute", ExecuteAsync).Needs(Permission.ExecuteWorkflows);
        workflows.MapGet("/{workflow_id}/executions", ListOfWorkflowAsync).Needs(Permission.ReadExecutions);
        workflows.MapGet("/executions/{execution_id}", GetAsync).Needs(Permission.ReadExecutions);
        workflows.MapPost("/executions/{execution_id}/cancel", CancelAsync).Needs(Permission.CancelExecutions);
        routes.MapGet("/api/v1/executions", ListAllAsync).Needs(Permission.ReadExecutions);
    }

    private static async Task<IResult> ExecuteAsync(HttpContext http, string workflow_id, StartExecution start, CancellationToken ct)
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        if (!(await RequestBody.ReadAsync<ExecuteBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var errors = new Dictionary<string, string>();
        var variables = ObjectOrNothing(body.Variables, "variables", errors);
        var metadata = ObjectOrNothing(body.Metadata, "metadata", errors);
        if (errors.Count > 0)
        {
            return Answers.FieldErrors("input.wrong_type", errors);
        }

        var key = http.Request.Headers["Idempotency-Key"].ToString();
        var started = await start.ForCallerAsync(http.Caller(), id, body.TriggerNode, variables, metadata, key.Length == 0 ? null : key, ct);
        return started.Match(
            execution => Answers.Accepted(
                new StartedBody(execution.Id.Value, execution.Workflow.Value, Names.Of(execution.Status), execution.StartedAt, []), "Workflow execution started"),
            ErrorMap.ToAnswer);
    }

    private static Task<IResult> ListOfWorkflowAsync(HttpContext http, string workflow_id, FindExecutions find, CancellationToken ct) =>
        RouteIds.Workflow(workflow_id) is { } id ? ListAsync(http, id, find, ct) : Task.FromResult(RouteIds.NoWorkflow);

    private static Task<IResult> ListAllAsync(HttpContext http, FindExecutions find, CancellationToken ct) => ListAsync(http, null, find, ct);

    private static async Task<IResult> ListAsync(HttpContext http, WorkflowId? workflow, FindExecutions find, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = new ExecutionFilter(
            workflow ?? (query.Id("workflow_id") is { } id ? new WorkflowId(id) : null),
            query.Community(),
            Names.Status(query.OneOf("status", "queued", "running", "waiting", "completed", "failed", "cancelled") is { } status && query.Refusal is null ? status : null));
        var order = query.OneOf("sort_by", "start_time", "status", "execution_time") switch
        {
            "status" => ExecutionOrder.Status,
            "execution_time" => ExecutionOrder.ExecutionTime,
            _ => ExecutionOrder.StartTime,
        };
        var ascending = query.OneOf("sort_order", "asc", "desc") == "asc";
        var page = query.Page();
        return query.Refusal ?? (await find.ListAsync(http.Caller(), filter, order, ascending, page, ct)).Match(
            list => Answers.List(list, ExecutionBody.From), ErrorMap.ToAnswer);
    }

    private static async Task<IResult> GetAsync(HttpContext http, string execution_id, ShowExecution show, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var withLogs = query.Flag("include_logs", whenAbsent: true);
        var withMetrics = query.Flag("include_metrics", whenAbsent: false);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return RouteIds.Execution(execution_id) is { } id
            ? (await show.RunAsync(http.Caller(), id, ct)).Match(
                details => Answers.Ok(ExecutionDetailsBody.From(details, withLogs && http.Caller().May(Permission.ReadLogs), withMetrics)), ErrorMap.ToAnswer)
            : RouteIds.NoExecution;
    }

    private static async Task<IResult> CancelAsync(HttpContext http, string execution_id, CancelExecution cancel, CancellationToken ct) =>
        RouteIds.Execution(execution_id) is { } id
            ? (await cancel.RunAsync(http.Caller(), id, ct)).Match(
                execution => execution.Status == ExecutionStatus.Cancelled
                    ? Answers.Ok(new CancelledBody(id.Value, Names.Of(execution.Status), execution.EndedAt), "Execution cancelled successfully")
                    : Answers.Accepted(new CancelledBody(id.Value, Names.Of(execution.Status), null), "Cancellation requested; the execution is still on its way to its end"),
                ErrorMap.ToAnswer)
            : RouteIds.NoExecution;

    private static JsonElement ObjectOrNothing(JsonElement? value, string field, Dictionary<string, string> errors)
    {
        if (value is not { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given)
        {
            return default;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            errors[field] = "must be a JSON object.";
        }

        return given;
    }
}
