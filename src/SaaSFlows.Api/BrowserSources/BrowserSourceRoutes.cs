using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Streams;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.BrowserSources;

namespace SaaSFlows.Api.BrowserSources;

/// <summary>
/// The page of an entity that streaming software lays over its picture. Its address holds an unguessable token and is all that it needs.
/// </summary>
internal static class BrowserSourceRoutes
{
    private const string OfEntity = "/api/v1/entities/{entity_id}/browser-source";

    // No script but the page's own; pictures and films come from where the workflow says. Unlike all other pages it may be in frames: it is made to
    // be laid over the pictures of streaming software and its docks, and has no session and nothing to click that a frame could steal.
    private const string ContentSecurity =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src http: https:; media-src http: https:; base-uri "
        + "'none'; form-action 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(OfEntity, MakeAsync).Needs(Permission.UpdateWorkflows);
        routes.MapGet(OfEntity, GetAsync).Needs(Permission.ReadWorkflows);
        routes.MapDelete(OfEntity, RemoveAsync).Needs(Permission.UpdateWorkflows);
        routes.MapGet("/overlay/assets/overlay.js", (HttpContext http) => Asset(http, "overlay.js", "text/javascript; charset=utf-8")).IsPublic();
        routes.MapGet("/overlay/assets/overlay.css", (HttpContext http) => Asset(http, "overlay.css", "text/css; charset=utf-8")).IsPublic();
        routes.MapGet("/overlay/{token}", PageAsync).IsPublic().HoldsSecret();
        routes.MapGet("/overlay/{token}/stream", StreamAsync).IsPublic();
    }

    private static async Task<IResult> MakeAsync(HttpContext http, string entity_id, ManageBrowserSources manage, CancellationToken ct) =>
        RouteIds.Entity(entity_id) is { } id
            ? (await manage.MakeAsync(http.Caller(), id, ct)).Match(
                made => Answers.Created(BrowserSourceBody.From(made, http.BaseUrl()), "Browser source made: its address is shown only now"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoEntity;

    private static async Task<IResult> GetAsync(HttpContext http, string entity_id, ManageBrowserSources manage, CancellationToken ct) =>
        RouteIds.Entity(entity_id) is { } id
            ? (await manage.FindAsync(http.Caller(), id, ct)).Match(
                found => Answers.Ok(BrowserSourceBody.From(found, http.BaseUrl())),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoEntity;

    private static async Task<IResult> RemoveAsync(HttpContext http, string entity_id, ManageBrowserSources manage, CancellationToken ct) =>
        RouteIds.Entity(entity_id) is { } id
            ? (await manage.RemoveAsync(http.Caller(), id, ct)).Match(
                removed => Answers.Ok(BrowserSourceBody.From(removed, http.BaseUrl()), "Browser source removed"),
                ErrorMap.ToAnswer
            )
            : RouteIds.NoEntity;

    private static async Task<IResult> PageAsync(HttpContext http, string token, BrowserPages pages, CancellationToken ct) =>
        await pages.TenantAsync(token, ct) is not null ? Asset(http, "overlay.html", "text/html; charset=utf-8") : NoPage;

    private static async Task<IResult> StreamAsync(HttpContext http, string token, BrowserPages pages, CancellationToken ct)
    {
        if (ServerSentEvents.LastEventId(http.Request) is not { } after)
        {
            return Answers.FieldErrors("query.invalid", new Dictionary<string, string> { ["Last-Event-ID"] = "must be a whole number." });
        }

        if (await pages.TenantAsync(token, ct) is not { } tenant)
        {
            return NoPage;
        }

        return new EventStream(tenant, MessagesAsync(pages, token, after, ct));
    }

    private static async IAsyncEnumerable<ServerSentEvent> MessagesAsync(
        BrowserPages pages,
        string token,
        long after,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await foreach (var message in pages.FollowAsync(token, after, ct))
        {
            yield return new ServerSentEvent(message.Number, "message", MessageBody.From(message));
        }
    }

    private static IResult NoPage => Answers.Error(ErrorCode.NotFound, "browser_source.not_found", "No such page.");

    private static IResult Asset(HttpContext http, string name, string type)
    {
        http.Response.Headers.ContentSecurityPolicy = ContentSecurity;
        http.Response.Headers.CacheControl = "no-store";
        return Results.Stream(typeof(BrowserSourceRoutes).Assembly.GetManifestResourceStream(name)!, type);
    }

    /// <param name="Url">The page's address; shown only when it is made.</param>
    private sealed record BrowserSourceBody(long EntityId, DateTimeOffset CreatedAt, string? Url)
    {
        public static BrowserSourceBody From(BrowserSource source, string baseUrl) =>
            new(source.Entity.Value, source.CreatedAt, source.Token is { } token ? $"{baseUrl}/overlay/{token}" : null);
    }

    /// <param name="Duration">In seconds; 0 until it is cleared or replaced.</param>
    private sealed record MessageBody(
        long MessageId,
        string SourceType,
        string Action,
        string Content,
        double Duration,
        int Priority,
        DateTimeOffset ShownAt
    )
    {
        public static MessageBody From(BrowserSourceMessage message) =>
            new(message.Number, message.SourceType, message.Action, message.Content, message.DurationSeconds, message.Priority, message.ShownAt);
    }
}
