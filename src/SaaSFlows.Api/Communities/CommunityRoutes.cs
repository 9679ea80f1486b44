using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Communities;

/// <summary>Communities of the caller's tenant.</summary>
internal static class CommunityRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var communities = routes.MapGroup("/api/v1/communities");
        communities.MapGet("", ListAsync).NeedsSignIn();
        communities.MapPost("", CreateAsync).Needs(Permission.ManageCommunities);
        communities.MapGet("/{community_id}", GetAsync).NeedsSignIn();
        communities.MapPatch("/{community_id}", RenameAsync).Needs(Permission.ManageCommunities);
        communities.MapDelete("/{community_id}", DeleteAsync).Needs(Permission.ManageCommunities);
        EntityRoutes.Map(routes);
        CommunityMemberRoutes.Map(routes);
    }

    private static async Task<IResult> ListAsync(HttpContext http, CommunitiesHandler communities, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        return query.Refusal ?? Answers.List(await communities.ListAsync(http.Caller(), page.Skip, page.Size, ct), page, CommunityDetailsBody.From);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, CommunitiesHandler communities, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<NameBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (await communities.CreateAsync(http.Caller(), body.Name, ct)).Match(
            made => Answers.Created(CommunityDetailsBody.From(made), "Community created"),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> GetAsync(HttpContext http, string community_id, CommunitiesHandler communities, CancellationToken ct) =>
        RouteIds.Community(community_id) is { } id
            ? (await communities.GetAsync(http.Caller(), id, ct)).Match(found => Answers.Ok(CommunityDetailsBody.From(found)), ErrorMap.ToAnswer)
            : RouteIds.NoCommunity;

    private static async Task<IResult> RenameAsync(HttpContext http, string community_id, CommunitiesHandler communities, CancellationToken ct)
    {
        if (RouteIds.Community(community_id) is not { } id)
        {
            return RouteIds.NoCommunity;
        }

        var read = await ChangeBody.ReadAsync<NameBody, CommunityDetailsBody>(
            http,
            async _ => (await communities.GetAsync(http.Caller(), id, ct)).Match<CommunityDetailsBody?>(CommunityDetailsBody.From, _ => null)
        );
        return read.Is(out var body, out var refusal)
            ? (await communities.RenameAsync(http.Caller(), id, body.Name, ct)).Match(
                renamed => Answers.Ok(CommunityDetailsBody.From(renamed), "Community renamed"),
                ErrorMap.ToAnswer
            )
            : refusal;
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string community_id, CommunitiesHandler communities, CancellationToken ct) =>
        RouteIds.Community(community_id) is { } id
            ? (await communities.DeleteAsync(http.Caller(), id, ct)).Match(_ => Answers.Ok(new { }, "Community deleted"), ErrorMap.ToAnswer)
            : RouteIds.NoCommunity;
}
