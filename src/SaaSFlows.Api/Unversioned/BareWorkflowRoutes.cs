using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Api.Workflows;
using SaaSFlows.Automation.Workflows;

namespace SaaSFlows.Api.Unversioned;

/// <summary>Document 003, «Workflows»; the list is also 004's.</summary>
internal static class BareWorkflowRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var workflows = routes.MapGroup("/api/workflows");
        workflows.MapGet("", ListAsync).Needs(Permission.ReadWorkflows);
        workflows.MapPost("", CreateAsync).Needs(Permission.CreateWorkflows);
        workflows.MapGet("/{workflow_id}", GetAsync).Needs(Permission.ReadWorkflows);
        workflows.MapPut("/{workflow_id}", UpdateAsync).Needs(Permission.UpdateWorkflows);
        workflows.MapDelete("/{workflow_id}", DeleteAsync).Needs(Permission.DeleteWorkflows);
    }

    private static async Task<IResult> ListAsync(HttpContext http, FindWorkflows find, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var (filter, page) = (WorkflowRoutes.Filter(query), query.LargePage());
        return query.Refusal ?? BareList.Of(await find.ListWholeAsync(http.Caller(), filter, page, ct), BareWorkflow.From);
    }

    private static Task<IResult> CreateAsync(HttpContext http, CreateWorkflow create, CancellationToken ct) =>
        WorkflowRoutes.AnswerCreateAsync(
            http,
            create,
            workflow => Results.Json(BareWorkflowDetails.From(workflow), statusCode: StatusCodes.Status201Created),
            ct
        );

    private static async Task<IResult> GetAsync(HttpContext http, string workflow_id, FindWorkflows find, CancellationToken ct) =>
        RouteIds.Workflow(workflow_id) is { } id
            ? (await find.GetAsync(http.Caller(), id, ct)).Match(details => Results.Json(BareWorkflowDetails.From(details)), ErrorMap.ToAnswer)
            : RouteIds.NoWorkflow;

    private static Task<IResult> UpdateAsync(HttpContext http, string workflow_id, UpdateWorkflow update, FindWorkflows find, CancellationToken ct) =>
        WorkflowRoutes.AnswerUpdateAsync(
            http,
            workflow_id,
            update,
            find,
            BareWorkflowDetails.From,
            workflow => Results.Json(BareWorkflowDetails.From(workflow)),
            ct
        );

    private static async Task<IResult> DeleteAsync(HttpContext http, string workflow_id, ArchiveWorkflow archive, CancellationToken ct) =>
        RouteIds.Workflow(workflow_id) is { } id
            ? (await archive.RunAsync(http.Caller(), id, ct)).Match(_ => Results.NoContent(), ErrorMap.ToAnswer)
            : RouteIds.NoWorkflow;
}
