using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Executions;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Webhooks;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Deliveries;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Automation.Workflows.Webhooks;

namespace SaaSFlows.Api.Unversioned;

/// <summary>Document 004, «Workflows»: a workflow by its key, or by the name that it was made from.</summary>
internal static class NamedWorkflowRoutes
{
    private const int MostLogged = 20;
    private const int MostLines = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/api/workflows");
        workflows.MapPost("/execute/{name}", ExecuteAsync).Needs(Permission.ExecuteWorkflows);
        workflows.MapGet("/trigger/{name}", TriggerAsync).Needs(Permission.ExecuteWorkflows).WithoutHead();
        workflows.MapGet("/logs/{name}", LogsAsync).Needs(Permission.ReadLogs);
        workflows.MapGet("/stats", StatisticsAsync).Needs(Permission.ReadExecutions);
        workflows.MapGet("/stats/{name}", StatisticsOfAsync).Needs(Permission.ReadExecutions);
        workflows.MapPost("/toggle/{name}", ToggleAsync).Needs(Permission.PublishWorkflows);
        routes.MapPost("/api/webhooks/{name}", DeliverAsync).Needs(Permission.ExecuteWorkflows);
    }

    private static async Task<IResult> ExecuteAsync(HttpContext http, string name, WorkflowNames names, StartExecution start, CancellationToken ct) =>
        await names.FindAsync(http.Caller(), name, ct) is { } id
            ? await BareExecutionRoutes.AnswerExecuteAsync(http, id, start, ct)
            : RouteIds.NoWorkflow;

    private static async Task<IResult> TriggerAsync(HttpContext http, string name, WorkflowNames names, StartExecution start, CancellationToken ct)
    {
        // Any page can make a browser send a GET with its cookies; no page can make it send a token that it does not have.
        if (http.Features.Get<ValidToken>()?.Csrf is not null)
        {
            return Answers.Error(
                ErrorCode.Forbidden,
                "trigger.by_cookie",
                "What a GET starts is not for session cookies: send a bearer token or an API key."
            );
        }

        http.Response.Headers.CacheControl = "no-store";
        if (!UrlData.Of(http.Request).Is(out var read, out var refusal))
        {
            return refusal;
        }

        return await names.FindAsync(http.Caller(), name, ct) is { } id
            ? await BareExecutionRoutes.StartAsync(http, id, start, null, read.Data, default, ct)
            : RouteIds.NoWorkflow;
    }

    private static async Task<IResult> DeliverAsync(HttpContext http, string name, WorkflowNames names, DeliverByName deliver, CancellationToken ct)
    {
        if (!(await UrlData.WithBodyAsync(http)).Is(out var read, out var refusal))
        {
            return refusal;
        }

        return await names.FindAsync(http.Caller(), name, ct) is { } id
            ? (await deliver.RunAsync(http.Caller(), id, WebhookRoutes.DeliveryOf(http, "", read.Query), read.Data, ct)).Match(
                delivery => BareExecutionRoutes.Started(http, delivery.Execution, StatusCodes.Status200OK, DeliveredBody.From(delivery)),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoWorkflow;
    }

    private static async Task<IResult> LogsAsync(
        HttpContext http,
        string name,
        WorkflowNames names,
        FindExecutions find,
        ReadLogs read,
        CancellationToken ct
    )
    {
        var query = new QueryReader(http.Request.Query);
        var (filter, page) = (ExecutionRoutes.Filter(query, null), query.LargePage(MostLogged));
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        if (!http.Caller().May(Permission.ReadExecutions))
        {
            return new AutomationError.Forbidden(Permission.ReadExecutions).ToAnswer();
        }

        if (await names.FindAsync(http.Caller(), name, ct) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        var listed = await find.ListAsync(http.Caller(), filter with { Workflow = id }, ExecutionOrder.StartTime, ascending: false, page, ct);
        if (!listed.IsOk(out var found, out var refused))
        {
            return refused.ToAnswer();
        }

        var logged = new List<LoggedExecution>();
        foreach (var execution in found.Items)
        {
            // Retention may have taken it meanwhile.
            if ((await read.RunAsync(http.Caller(), execution.Id, null, 0, MostLines, ct)).IsOk(out var log, out _))
            {
                logged.Add(new(BareExecution.Of(execution), log));
            }
        }

        return BareList.Of(new Page<LoggedExecution>(logged, page, found.Total), item => item);
    }

    private static async Task<IResult> StatisticsAsync(HttpContext http, CountExecutions count, CancellationToken ct) =>
        Results.Json(BareStatistics.From(await count.RunAsync(http.Caller(), null, ct)));

    private static async Task<IResult> StatisticsOfAsync(
        HttpContext http,
        string name,
        WorkflowNames names,
        FindWorkflows find,
        CountExecutions count,
        CancellationToken ct
    ) =>
        await names.FindAsync(http.Caller(), name, ct) is { } id && (await find.GetAsync(http.Caller(), id, ct)).IsOk(out var workflow, out _)
            ? Results.Json(new WorkflowStatistics(workflow.Summary, await count.RunAsync(http.Caller(), id, ct)))
            : RouteIds.NoWorkflow;

    // What was never published is published: nothing else makes it active.
    private static async Task<IResult> ToggleAsync(
        HttpContext http,
        string name,
        WorkflowNames names,
        FindWorkflows find,
        PublishWorkflow publish,
        PauseWorkflow pause,
        CancellationToken ct
    )
    {
        var caller = http.Caller();
        if (await names.FindAsync(http.Caller(), name, ct) is not { } id || !(await find.GetAsync(caller, id, ct)).IsOk(out var before, out _))
        {
            return RouteIds.NoWorkflow;
        }

        IReadOnlyList<WebhookDetails> webhooks = [];
        if (before.Summary.PublishedVersion is null)
        {
            if (!(await publish.RunAsync(caller, id, ct)).IsOk(out var published, out var refused))
            {
                return refused.ToAnswer();
            }

            webhooks = published.NewWebhooks;
        }

        return (await pause.RunAsync(caller, id, BareWorkflow.IsActive(before.Summary), ct)).Match(
            workflow => Results.Json(ToggledBody.From(workflow, webhooks, http.BaseUrl())),
            ErrorMap.ToAnswer
        );
    }

    /// <param name="Output">What the execution ended with, where the trigger answers with the result; else absent.</param>
    private sealed record DeliveredBody(
        Guid Id,
        Guid ExecutionId,
        Guid WorkflowId,
        string Status,
        DateTimeOffset StartTime,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonElement? Output
    )
    {
        public static DeliveredBody From(NamedDelivery delivery)
        {
            var (execution, result) = delivery;
            return new(
                execution.Id.Value,
                execution.Id.Value,
                execution.Workflow.Value,
                Names.Of(result?.Status ?? execution.Status),
                execution.StartedAt,
                result is { Output.IsEmpty: false } ? JsonElement.Parse(result.Output.Span) : null
            );
        }
    }

    /// <param name="Webhooks">Made by a first publishing: a signing secret is shown only now.</param>
    private sealed record ToggledBody(
        Guid Id,
        Guid WorkflowId,
        string Name,
        string DisplayName,
        bool Active,
        string Status,
        bool Paused,
        IReadOnlyList<WebhookBody> Webhooks
    )
    {
        public static ToggledBody From(WorkflowSummary workflow, IReadOnlyList<WebhookDetails> webhooks, string baseUrl) =>
            new(
                workflow.Id.Value,
                workflow.Id.Value,
                workflow.Key,
                workflow.Name,
                BareWorkflow.IsActive(workflow),
                workflow.Status,
                workflow.Paused,
                [.. webhooks.Select(webhook => WebhookBody.From(webhook, baseUrl))]
            );
    }
}
