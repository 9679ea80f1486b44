using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Workflows;

/// <summary>With which other communities a workflow is shared.</summary>
internal static class ShareRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var shares = routes.MapGroup("/api/v1/workflows/{workflow_id}/shares");
        shares.MapGet("", ListAsync).Needs(Permission.ReadWorkflows);
        shares.MapPut("", SetAsync).Needs(Permission.UpdateWorkflows);
    }

    private static async Task<IResult> ListAsync(HttpContext http, string workflow_id, ShareWorkflow share, CancellationToken ct) =>
        RouteIds.Workflow(workflow_id) is { } id
            ? (await share.ListAsync(http.Caller(), id, ct)).Match(shares => Answers.Ok(SharesBody.From(shares)), ErrorMap.ToAnswer)
            : RouteIds.NoWorkflow;

    private static async Task<IResult> SetAsync(HttpContext http, string workflow_id, ShareWorkflow share, CancellationToken ct)
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        if (!(await RequestBody.ReadAsync<SharesBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (await share.SetAsync(http.Caller(), id, body.Communities?.Select(community => new CommunityId(community)).ToList(), ct)).Match(
            shares => Answers.Ok(SharesBody.From(shares), "Shared"),
            ErrorMap.ToAnswer
        );
    }
}

internal sealed record SharesBody(IReadOnlyList<long>? Communities)
{
    public static SharesBody From(WorkflowShares shares) => new([.. shares.Communities.Select(community => community.Value)]);
}
