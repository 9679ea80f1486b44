using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Communities;

/// <summary>Entities of communities.</summary>
internal static class EntityRoutes
{
    private const string InCommunity = "/api/v1/communities/{community_id}/entities";
    private const string One = "/api/v1/entities/{entity_id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(InCommunity, ListAsync).NeedsSignIn();
        routes.MapPost(InCommunity, CreateAsync).Needs(Permission.ManageCommunities);
        routes.MapGet(One, GetAsync).NeedsSignIn();
        routes.MapPatch(One, RenameAsync).Needs(Permission.ManageCommunities);
        routes.MapDelete(One, DeleteAsync).Needs(Permission.ManageCommunities);
    }

    private static async Task<IResult> ListAsync(HttpContext http, string community_id, EntitiesHandler entities, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return RouteIds.Community(community_id) is { } id
            ? (await entities.ListAsync(http.Caller(), id, page.Skip, page.Size, ct)).Match(
                found => Answers.List(found, page, EntityDetailsBody.From),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoCommunity;
    }

    private static async Task<IResult> CreateAsync(HttpContext http, string community_id, EntitiesHandler entities, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<NewEntityBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return RouteIds.Community(community_id) is { } id
            ? (await entities.CreateAsync(http.Caller(), id, body.Name, body.Kind, ct)).Match(
                made => Answers.Created(EntityDetailsBody.From(made), "Entity created"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoCommunity;
    }

    private static async Task<IResult> GetAsync(HttpContext http, string entity_id, EntitiesHandler entities, CancellationToken ct) =>
        RouteIds.Entity(entity_id) is { } id
            ? (await entities.GetAsync(http.Caller(), id, ct)).Match(found => Answers.Ok(EntityDetailsBody.From(found)), ErrorMap.ToAnswer)
            : RouteIds.NoEntity;

    private static async Task<IResult> RenameAsync(HttpContext http, string entity_id, EntitiesHandler entities, CancellationToken ct)
    {
        if (RouteIds.Entity(entity_id) is not { } id)
        {
            return RouteIds.NoEntity;
        }

        var read = await ChangeBody.ReadAsync<NameBody, EntityDetailsBody>(
            http,
            async _ => (await entities.GetAsync(http.Caller(), id, ct)).Match<EntityDetailsBody?>(EntityDetailsBody.From, _ => null)
        );
        return read.Is(out var body, out var refusal)
            ? (await entities.RenameAsync(http.Caller(), id, body.Name, ct)).Match(
                renamed => Answers.Ok(EntityDetailsBody.From(renamed), "Entity renamed"),
                ErrorMap.ToAnswer
            )
            : refusal;
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string entity_id, EntitiesHandler entities, CancellationToken ct) =>
        RouteIds.Entity(entity_id) is { } id
            ? (await entities.DeleteAsync(http.Caller(), id, ct)).Match(_ => Answers.Ok(new { }, "Entity deleted"), ErrorMap.ToAnswer)
            : RouteIds.NoEntity;
}
