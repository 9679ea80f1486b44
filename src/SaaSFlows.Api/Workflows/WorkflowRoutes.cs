using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Executions;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Workflows;

/// <summary>Seed 002, «Workflow Management API».</summary>
internal static class WorkflowRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/api/v1/workflows");
        workflows.MapPost("", CreateAsync).Needs(Permission.CreateWorkflows);
        workflows.MapGet("", ListAsync).Needs(Permission.ReadWorkflows);
        workflows.MapGet("/{workflow_id}", GetAsync).Needs(Permission.ReadWorkflows);
        workflows.MapPut("/{workflow_id}", UpdateAsync).Needs(Permission.UpdateWorkflows);
        workflows.MapDelete("/{workflow_id}", ArchiveAsync).Needs(Permission.DeleteWorkflows);
        workflows.MapPost("/{workflow_id}/restore", RestoreAsync).Needs(Permission.DeleteWorkflows);
        workflows.MapPost("/{workflow_id}/publish", PublishAsync).Needs(Permission.PublishWorkflows);
        workflows.MapPost("/{workflow_id}/pause", PauseAsync).Needs(Permission.PublishWorkflows);
        workflows.MapPost("/{workflow_id}/resume", ResumeAsync).Needs(Permission.PublishWorkflows);
        workflows.MapPost("/{workflow_id}/validate", ValidateAsync).Needs(Permission.ReadWorkflows);
    }

    private static Task<IResult> CreateAsync(HttpContext http, CreateWorkflow create, CancellationToken ct) =>
        AnswerCreateAsync(http, create, workflow => Answers.Created(WorkflowBody.From(workflow.Summary), "Workflow created successfully"), ct);

    internal static async Task<IResult> AnswerCreateAsync(
        HttpContext http,
        CreateWorkflow create,
        Func<WorkflowDetails, IResult> answer,
        CancellationToken ct
    )
    {
        if (!(await RequestBody.ReadAsync<CreateWorkflowBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return await StoreAsync(http, create, body, answer, ct);
    }

    internal static async Task<IResult> StoreAsync(
        HttpContext http,
        CreateWorkflow create,
        CreateWorkflowBody body,
        Func<WorkflowDetails, IResult> answer,
        CancellationToken ct
    )
    {
        var definition = body.Together(out var problems);
        if (problems is not null)
        {
            return Answers.FieldErrors("input.invalid", problems);
        }

        var created = await create.RunAsync(
            http.Caller(),
            body.DisplayName ?? body.Name,
            body.Description,
            body.CommunityId is { } community ? new CommunityId(community) : null,
            body.EntityId is { } entity ? new EntityId(entity) : null,
            definition,
            ct
        );
        return created.Match(answer, ErrorMap.ToAnswer);
    }

    private static async Task<IResult> ListAsync(HttpContext http, FindWorkflows find, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = Filter(query);
        var page = query.Page();
        return query.Refusal ?? Answers.List(await find.ListAsync(http.Caller(), filter, page, ct), WorkflowBody.From);
    }

    internal static WorkflowFilter Filter(QueryReader query) =>
        new(
            query.Entity(),
            query.Community(),
            query.OneOf("status", WorkflowStatus.Draft, WorkflowStatus.Active, WorkflowStatus.Archived),
            query.FlagOrNull("paused"),
            query.Text("search", 200)
        );

    private static async Task<IResult> GetAsync(
        HttpContext http,
        string workflow_id,
        FindWorkflows find,
        WorkflowCommunity place,
        CancellationToken ct
    )
    {
        var query = new QueryReader(http.Request.Query);
        var community = query.Community();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return RouteIds.Workflow(workflow_id) is not { } id ? RouteIds.NoWorkflow
            : await place.RefusalAsync(http.Caller(), id, community?.Value, ct) is { } elsewhere ? elsewhere.ToAnswer()
            : (await find.GetAsync(http.Caller(), id, ct)).Match(details => Answers.Ok(WorkflowDetailsBody.From(details)), ErrorMap.ToAnswer);
    }

    private static Task<IResult> UpdateAsync(HttpContext http, string workflow_id, UpdateWorkflow update, FindWorkflows find, CancellationToken ct) =>
        AnswerUpdateAsync(
            http,
            workflow_id,
            update,
            find,
            WorkflowDetailsBody.From,
            workflow =>
                Answers.Ok(
                    new UpdatedWorkflowBody(workflow.Summary.Id.Value, workflow.Summary.Revision, workflow.Summary.UpdatedAt),
                    "Workflow updated successfully"
                ),
            ct
        );

    /// <param name="show">What GET shows of the workflow: it may be sent back.</param>
    internal static async Task<IResult> AnswerUpdateAsync<TShown>(
        HttpContext http,
        string workflow_id,
        UpdateWorkflow update,
        FindWorkflows find,
        Func<WorkflowDetails, TShown> show,
        Func<WorkflowDetails, IResult> answer,
        CancellationToken ct
    )
        where TShown : class
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        var read = await ChangeBody.ReadAsync<UpdateWorkflowBody, TShown>(
            http,
            async change =>
                (await find.GetAsync(http.Caller(), id, ct)).IsOk(out var now, out _)
                && now.Summary.Revision == (change.Revision ?? now.Summary.Revision)
                    ? show(now)
                    : null
        );
        if (!read.Is(out var body, out var refusal))
        {
            return refusal;
        }

        var definition = body.Together(out var problems);
        if (problems is not null)
        {
            return Answers.FieldErrors("input.invalid", problems);
        }

        var updated = await update.RunAsync(http.Caller(), id, body.DisplayName ?? body.Name, body.Description, body.Revision, definition, ct);
        return updated.Match(answer, ErrorMap.ToAnswer);
    }

    private static async Task<IResult> ArchiveAsync(HttpContext http, string workflow_id, ArchiveWorkflow archive, CancellationToken ct) =>
        RouteIds.Workflow(workflow_id) is { } id
            ? (await archive.RunAsync(http.Caller(), id, ct)).Match(
                workflow => Answers.Ok(new ArchivedWorkflowBody(id.Value, workflow.Status), "Workflow archived successfully"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoWorkflow;

    private static async Task<IResult> RestoreAsync(
        HttpContext http,
        string workflow_id,
        RestoreWorkflow restore,
        WorkflowCommunity place,
        CancellationToken ct
    ) =>
        RouteIds.Workflow(workflow_id) is { } id
            ? await ContextRefusalAsync(http, id, place, ct)
                ?? (await restore.RunAsync(http.Caller(), id, ct)).Match(
                    restored => Answers.Ok(RestoredWorkflowBody.From(restored, http.BaseUrl()), "Workflow restored"),
                    ErrorMap.ToAnswer
                )
            : RouteIds.NoWorkflow;

    private static async Task<IResult> PublishAsync(
        HttpContext http,
        string workflow_id,
        PublishWorkflow publish,
        WorkflowCommunity place,
        CancellationToken ct
    )
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        return await ContextRefusalAsync(http, id, place, ct)
            ?? (await publish.RunAsync(http.Caller(), id, ct)).Match(
                published => Answers.Ok(PublishedWorkflowBody.From(published, http.BaseUrl()), "Workflow published successfully"),
                ErrorMap.ToAnswer
            );
    }

    private static Task<IResult> PauseAsync(
        HttpContext http,
        string workflow_id,
        PauseWorkflow pause,
        WorkflowCommunity place,
        CancellationToken ct
    ) => SetPausedAsync(http, workflow_id, pause, place, true, "Workflow paused", ct);

    private static Task<IResult> ResumeAsync(
        HttpContext http,
        string workflow_id,
        PauseWorkflow pause,
        WorkflowCommunity place,
        CancellationToken ct
    ) => SetPausedAsync(http, workflow_id, pause, place, false, "Workflow resumed", ct);

    private static async Task<IResult> SetPausedAsync(
        HttpContext http,
        string workflow_id,
        PauseWorkflow pause,
        WorkflowCommunity place,
        bool paused,
        string message,
        CancellationToken ct
    ) =>
        RouteIds.Workflow(workflow_id) is { } id
            ? await ContextRefusalAsync(http, id, place, ct)
                ?? (await pause.RunAsync(http.Caller(), id, paused, ct)).Match(
                    workflow => Answers.Ok(WorkflowBody.From(workflow), message),
                    ErrorMap.ToAnswer
                )
            : RouteIds.NoWorkflow;

    private static async Task<IResult> ValidateAsync(
        HttpContext http,
        string workflow_id,
        FindWorkflows find,
        WorkflowCommunity place,
        CancellationToken ct
    ) =>
        RouteIds.Workflow(workflow_id) is { } id
            ? await ContextRefusalAsync(http, id, place, ct)
                ?? (await find.ValidateAsync(http.Caller(), id, ct)).Match(
                    report => Answers.Ok(ValidationBody.From(report), "Validation completed"),
                    ErrorMap.ToAnswer
                )
            : RouteIds.NoWorkflow;

    /// <summary>What is wrong with the body that a request about a workflow may have; null if nothing is.</summary>
    private static async Task<IResult?> ContextRefusalAsync(HttpContext http, WorkflowId id, WorkflowCommunity place, CancellationToken ct) =>
        (await RequestBody.ReadAsync<CommunityContextBody>(http, optional: true)).Is(out var body, out var refusal)
            ? (await place.RefusalAsync(http.Caller(), id, body.CommunityId, ct))?.ToAnswer()
            : refusal;
}
