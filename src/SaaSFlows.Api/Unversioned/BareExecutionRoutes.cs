using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Unversioned;

/// <summary>Document 003, «Executions».</summary>
internal static class BareExecutionRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/workflows/{workflow_id}/execute", ExecuteAsync).Needs(Permission.ExecuteWorkflows);
        routes.MapGet("/api/workflows/{workflow_id}/executions", ListOfWorkflowAsync).Needs(Permission.ReadExecutions);
        routes.MapGet("/api/executions", ListAllAsync).Needs(Permission.ReadExecutions);
        routes.MapGet("/api/executions/{execution_id}", GetAsync).Needs(Permission.ReadExecutions);
    }

    /// <summary>Starts with what the body names; without a body with nothing.</summary>
    internal static async Task<IResult> AnswerExecuteAsync(HttpContext http, WorkflowId id, StartExecution start, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<ExecuteBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var errors = new Dictionary<string, string>();
        var (data, variables) = (ObjectField.Read(body.Data, "data", errors), ObjectField.Read(body.Variables, "variables", errors));
        var metadata = ObjectField.Read(body.Metadata, "metadata", errors);
        if (data.ValueKind != JsonValueKind.Undefined && variables.ValueKind != JsonValueKind.Undefined)
        {
            errors["variables"] = "is another name for data: give one of them.";
        }

        return errors.Count > 0
            ? Answers.FieldErrors("input.invalid", errors)
            : await StartAsync(http, id, start, body.TriggerNode, data.ValueKind == JsonValueKind.Undefined ? variables : data, metadata, ct);
    }

    internal static async Task<IResult> StartAsync(
        HttpContext http,
        WorkflowId id,
        StartExecution start,
        string? node,
        JsonElement data,
        JsonElement metadata,
        CancellationToken ct
    ) =>
        (await start.ForCallerAsync(http.Caller(), id, node, data, metadata, ExecutionRoutes.IdempotencyKey(http), ct)).Match(
            execution => Started(http, execution, StatusCodes.Status202Accepted, BareStart.From(execution)),
            ErrorMap.ToAnswer
        );

    internal static IResult Started<T>(HttpContext http, StartedExecution execution, int status, T body)
    {
        ExecutionRoutes.MarkRepeat(http, execution);
        return Results.Json(body, statusCode: status);
    }

    private static async Task<IResult> ExecuteAsync(HttpContext http, string workflow_id, StartExecution start, CancellationToken ct) =>
        RouteIds.Workflow(workflow_id) is { } id ? await AnswerExecuteAsync(http, id, start, ct) : RouteIds.NoWorkflow;

    private static Task<IResult> ListOfWorkflowAsync(HttpContext http, string workflow_id, FindExecutions find, CancellationToken ct) =>
        RouteIds.Workflow(workflow_id) is { } id ? ListAsync(http, id, find, ct) : Task.FromResult(RouteIds.NoWorkflow);

    private static Task<IResult> ListAllAsync(HttpContext http, FindExecutions find, CancellationToken ct) => ListAsync(http, null, find, ct);

    private static async Task<IResult> ListAsync(HttpContext http, WorkflowId? workflow, FindExecutions find, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var (filter, page) = (ExecutionRoutes.Filter(query, workflow), query.LargePage());
        return query.Refusal
            ?? (await find.ListAsync(http.Caller(), filter, ExecutionOrder.StartTime, ascending: false, page, ct)).Match(
                list => BareList.Of(list, BareExecution.Of),
                ErrorMap.ToAnswer
            );
    }

    private static Task<IResult> GetAsync(HttpContext http, string execution_id, ShowExecution show, CancellationToken ct) =>
        ExecutionRoutes.AnswerGetAsync(
            http,
            execution_id,
            show,
            (details, logs, metrics) => Results.Json(BareExecutionDetails.Of(details, logs, metrics)),
            ct
        );

    /// <param name="Data">Laid over the workflow's global variables, and what a manual trigger puts out.</param>
    /// <param name="Variables">The same under the name of the versioned route.</param>
    private sealed record ExecuteBody(JsonElement? Data, JsonElement? Variables, JsonElement? Metadata, string? TriggerNode);
}
