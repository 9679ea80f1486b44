using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Communities;

/// <summary>Who acts in a community, and as what.</summary>
internal static class CommunityMemberRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var members = routes.MapGroup("/api/v1/communities/{community_id}/members");
        members.MapGet("", ListAsync).NeedsSignIn();
        members.MapGet("/{user_id}", GetAsync).NeedsSignIn();
        members.MapPut("/{user_id}", PutAsync).Needs(Permission.ManageCommunityMembers);
        members.MapDelete("/{user_id}", RemoveAsync).Needs(Permission.ManageCommunityMembers);
    }

    private static async Task<IResult> ListAsync(HttpContext http, string community_id, CommunityMembersHandler members, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return RouteIds.Community(community_id) is { } id
            ? (await members.ListAsync(http.Caller(), id, page.Skip, page.Size, ct)).Match(
                found => Answers.List(found, page, CommunityMemberBody.From),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoCommunity;
    }

    private static async Task<IResult> GetAsync(
        HttpContext http,
        string community_id,
        string user_id,
        CommunityMembersHandler members,
        CancellationToken ct
    )
    {
        if (RouteIds.Community(community_id) is not { } community)
        {
            return RouteIds.NoCommunity;
        }

        return RouteIds.User(user_id) is { } user
            ? (await members.GetAsync(http.Caller(), community, user, ct)).Match(
                found => Answers.Ok(CommunityMemberBody.From(found)),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoMember;
    }

    private static async Task<IResult> PutAsync(
        HttpContext http,
        string community_id,
        string user_id,
        CommunityMembersHandler members,
        CancellationToken ct
    )
    {
        var (community, user) = (RouteIds.Community(community_id), RouteIds.User(user_id));
        var read = await ChangeBody.ReadAsync<RoleBody, CommunityMemberBody>(
            http,
            async _ =>
                community is { } place && user is { } person
                    ? (await members.GetAsync(http.Caller(), place, person, ct)).Match<CommunityMemberBody?>(CommunityMemberBody.From, _ => null)
                    : null
        );
        if (!read.Is(out var body, out var refusal))
        {
            return refusal;
        }

        return community is null ? RouteIds.NoCommunity
            : user is not null
                ? (await members.PutAsync(http.Caller(), community.Value, user.Value, body.Role, ct)).Match(
                    put => Answers.Ok(CommunityMemberBody.From(put), "The member acts in the community"),
                    ErrorMap.ToAnswer
                )
            : RouteIds.NoMember;
    }

    private static async Task<IResult> RemoveAsync(
        HttpContext http,
        string community_id,
        string user_id,
        CommunityMembersHandler members,
        CancellationToken ct
    )
    {
        if (RouteIds.Community(community_id) is not { } community)
        {
            return RouteIds.NoCommunity;
        }

        return RouteIds.User(user_id) is { } user
            ? (await members.RemoveAsync(http.Caller(), community, user, ct)).Match(
                _ => Answers.Ok(new { }, "The member has left the community"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoMember;
    }
}
