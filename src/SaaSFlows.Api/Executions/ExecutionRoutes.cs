using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Executions.Incidents;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;
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
        workflows.MapPost("/executions/{execution_id}/retry", RetryAsync).Needs(Permission.ExecuteWorkflows);
        workflows.MapGet("/executions/{execution_id}/incidents", IncidentsAsync).Needs(Permission.ReadExecutions);
        workflows.MapGet("/executions/{execution_id}/logs", LogsAsync).Needs(Permission.ReadLogs);
        workflows.MapGet("/executions/{execution_id}/nodes/{node_id}/runs", NodeRunsAsync).Needs(Permission.ReadExecutions);
        routes.MapGet("/api/v1/executions", ListAllAsync).Needs(Permission.ReadExecutions);
    }

    private static async Task<IResult> ExecuteAsync(
        HttpContext http,
        string workflow_id,
        StartExecution start,
        AwaitedExecution awaited,
        WorkflowCommunity place,
        CancellationToken ct
    )
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        var query = new QueryReader(http.Request.Query);
        var wait = (int)(query.Integer("wait_seconds", 0, AwaitedExecution.MostSeconds) ?? 0);
        if ((query.Refusal ?? (wait > 0 ? AwaitedExecution.Refusal(http.Caller()) : null)) is { } unfit)
        {
            return unfit;
        }

        if (!(await RequestBody.ReadAsync<ExecuteBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var errors = new Dictionary<string, string>();
        var variables = ObjectField.Read(body.Variables, "variables", errors);
        var metadata = ObjectField.Read(body.Metadata, "metadata", errors);
        if (errors.Count > 0)
        {
            return Answers.FieldErrors("input.wrong_type", errors);
        }

        if (await place.RefusalAsync(http.Caller(), id, body.CommunityId, ct) is { } elsewhere)
        {
            return elsewhere.ToAnswer();
        }

        var started = await start.ForCallerAsync(http.Caller(), id, body.TriggerNode, variables, metadata, IdempotencyKey(http), ct);
        return wait > 0 && started.IsOk(out var execution, out _)
            ? await awaited.AnswerAsync(http, execution, wait, ct)
            : started.Match(execution => Started(http, execution, "Workflow execution started"), ErrorMap.ToAnswer);
    }

    private static async Task<IResult> RetryAsync(HttpContext http, string execution_id, RetryExecution retry, CancellationToken ct)
    {
        if (RouteIds.Execution(execution_id) is not { } id)
        {
            return RouteIds.NoExecution;
        }

        if (!(await RequestBody.ReadAsync<RetryBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (body.Version is not (null or "same" or "latest"))
        {
            return Answers.FieldErrors("input.invalid", new Dictionary<string, string> { ["version"] = "must be same or latest." });
        }

        var from = body.FromNode is { } node ? new NodeId(node) : (NodeId?)null;
        return (await retry.RunAsync(http.Caller(), id, from, body.Version == "latest", IdempotencyKey(http), ct)).Match(
            execution => Started(http, execution, "Execution retried"),
            ErrorMap.ToAnswer
        );
    }

    internal static string? IdempotencyKey(HttpContext http) =>
        http.Request.Headers.TryGetValue("Idempotency-Key", out var key) ? key.ToString() : null;

    internal static IResult Started(HttpContext http, StartedExecution execution, string message)
    {
        MarkRepeat(http, execution);
        return Answers.Accepted(
            new StartedBody(execution.Id.Value, execution.Workflow.Value, Names.Of(execution.Status), execution.StartedAt, []),
            message
        );
    }

    internal static void MarkRepeat(HttpContext http, StartedExecution execution)
    {
        if (execution.IsRepeat)
        {
            http.Response.Headers["Idempotent-Replayed"] = "true";
        }
    }

    private static async Task<IResult> IncidentsAsync(HttpContext http, string execution_id, FindIncidents find, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var (after, limit) = Slice(query);
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return RouteIds.Execution(execution_id) is { } id
            ? (await find.RunAsync(http.Caller(), id, after, limit, ct)).Match(
                incidents =>
                    Answers.Ok(new IncidentsBody([.. incidents.Select(IncidentBody.From)], incidents.Length == limit ? incidents[^1].Seq : null)),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoExecution;
    }

    internal static async Task<IResult> LogsAsync(HttpContext http, string execution_id, ReadLogs read, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var (after, limit) = Slice(query);
        var node = query.Text("node_id", 100) is { } text ? new NodeId(text) : (NodeId?)null;
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return RouteIds.Execution(execution_id) is { } id
            ? (await read.RunAsync(http.Caller(), id, node, after, limit, ct)).Match(
                page => Answers.Ok(new LogsBody([.. page.Entries.Select(LogEntryBody.From)], page.Last, page.HasMore)),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoExecution;
    }

    private static async Task<IResult> NodeRunsAsync(HttpContext http, string execution_id, string node_id, ReadNodeRuns read, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var (after, limit) = Slice(query);
        NodeStatus? status = query.OneOf("status", "completed", "failed", "skipped") switch
        {
            "completed" => NodeStatus.Completed,
            "failed" => NodeStatus.Failed,
            "skipped" => NodeStatus.Skipped,
            _ => null,
        };
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        var withLogs = http.Caller().May(Permission.ReadLogs);
        return RouteIds.Execution(execution_id) is { } id
            ? (await read.RunAsync(http.Caller(), id, new NodeId(node_id), status, after, limit, ct)).Match(
                page => Answers.Ok(new NodeRunsBody([.. page.Runs.Select(run => NodeRunBody.From(run, withLogs))], page.Next)),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoExecution;
    }

    // Journals grow at their end while somebody reads: what comes after a number is the same page at any time.
    private static (long After, int Limit) Slice(QueryReader query) =>
        (query.Integer("after", 0, long.MaxValue) ?? 0, (int)(query.Integer("limit", 1, 1_000) ?? 100));

    private static async Task<IResult> ListOfWorkflowAsync(
        HttpContext http,
        string workflow_id,
        FindExecutions find,
        WorkflowCommunity place,
        CancellationToken ct
    )
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        var community = new QueryReader(http.Request.Query).Community()?.Value;
        return await place.RefusalAsync(http.Caller(), id, community, ct) is { } elsewhere
            ? elsewhere.ToAnswer()
            : await ListAsync(http, id, find, ct);
    }

    private static Task<IResult> ListAllAsync(HttpContext http, FindExecutions find, CancellationToken ct) => ListAsync(http, null, find, ct);

    private static async Task<IResult> ListAsync(HttpContext http, WorkflowId? workflow, FindExecutions find, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = Filter(query, workflow);
        var order = query.OneOf("sort_by", "start_time", "status", "execution_time") switch
        {
            "status" => ExecutionOrder.Status,
            "execution_time" => ExecutionOrder.ExecutionTime,
            _ => ExecutionOrder.StartTime,
        };
        var ascending = query.OneOf("sort_order", "asc", "desc") == "asc";
        var page = query.Page();
        return query.Refusal
            ?? (await find.ListAsync(http.Caller(), filter, order, ascending, page, ct)).Match(
                list => Answers.List(list, ExecutionBody.From),
                ErrorMap.ToAnswer
            );
    }

    internal static ExecutionFilter Filter(QueryReader query, WorkflowId? workflow) =>
        new(
            workflow ?? (query.Id("workflow_id") is { } id ? new WorkflowId(id) : null),
            query.Community(),
            Names.Status(
                query.OneOf("status", "queued", "running", "waiting", "completed", "failed", "cancelled") is { } status && query.Refusal is null
                    ? status
                    : null
            )
        )
        {
            RetryOf = query.Id("retry_of") is { } retried ? new ExecutionId(retried) : null,
            Parent = query.Id("parent_execution_id") is { } parent ? new ExecutionId(parent) : null,
        };

    private static Task<IResult> GetAsync(HttpContext http, string execution_id, ShowExecution show, CancellationToken ct) =>
        AnswerGetAsync(http, execution_id, show, (details, logs, metrics) => Answers.Ok(ExecutionDetailsBody.From(details, logs, metrics)), ct);

    internal static async Task<IResult> AnswerGetAsync(
        HttpContext http,
        string execution_id,
        ShowExecution show,
        Func<ExecutionDetails, bool, bool, IResult> answer,
        CancellationToken ct
    )
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
                details => answer(details, withLogs && http.Caller().May(Permission.ReadLogs), withMetrics),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoExecution;
    }

    private static Task<IResult> CancelAsync(
        HttpContext http,
        string execution_id,
        FindExecutions find,
        CancelExecution cancel,
        WorkflowCommunity place,
        CancellationToken ct
    ) =>
        AnswerCancelAsync(
            http,
            async () => RouteIds.Execution(execution_id) is { } id ? await find.SummaryAsync(http.Caller(), id, ct) : null,
            cancel,
            place,
            ct
        );

    internal static async Task<IResult> AnswerCancelAsync(
        HttpContext http,
        Func<Task<ExecutionSummary?>> find,
        CancelExecution cancel,
        WorkflowCommunity place,
        CancellationToken ct
    )
    {
        if (!(await RequestBody.ReadAsync<CommunityContextBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (await find() is not { } found)
        {
            return RouteIds.NoExecution;
        }

        if (await place.RefusalAsync(http.Caller(), found.Workflow, body.CommunityId, ct) is { } elsewhere)
        {
            return elsewhere.ToAnswer();
        }

        return (await cancel.RunAsync(http.Caller(), found.Id, ct)).Match(
            execution =>
                execution.Status == ExecutionStatus.Cancelled
                    ? Answers.Ok(
                        new CancelledBody(execution.Id.Value, Names.Of(execution.Status), execution.EndedAt),
                        "Execution cancelled successfully"
                    )
                    : Answers.Accepted(
                        new CancelledBody(execution.Id.Value, Names.Of(execution.Status), null),
                        "Cancellation requested; the execution is still on its way to its end"
                    ),
            ErrorMap.ToAnswer
        );
    }
}
