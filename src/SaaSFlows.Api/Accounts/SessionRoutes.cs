using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Results;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Accounts;

/// <summary>What happens to a session after its sign-in.</summary>
internal static class SessionRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/v1/auth");
        auth.MapPost("/refresh", RefreshAsync).IsPublic();
        auth.MapPost("/logout", LogoutAsync).IsPublic();
        var own = routes.MapGroup("/api/v1/me/sessions");
        own.MapGet("", ListAsync).NeedsSession();
        own.MapDelete("", EndOthersAsync).NeedsSession();
        own.MapDelete("/{session_id}", EndAsync).NeedsSession();
    }

    /// <summary>Answers with new tokens; a browser gets them as cookies.</summary>
    public static IResult Signed(HttpContext http, Session session, TokenBody data, string message, int status)
    {
        RequestScope.Of(http).Tenant = session.Tenant.TenantId.Value;
        // Such a session could do nothing at this address.
        if (!NamedTenant.Allows(http, session.Tenant.TenantId))
        {
            return NamedTenant.LeadsElsewhere;
        }

        if (session.Token.Csrf is { } csrf)
        {
            SessionCookies.Set(http, session, csrf);
        }

        return Results.Json(new TokenAnswer(message, data.Token, data.RefreshToken, data), statusCode: status);
    }

    private static async Task<IResult> RefreshAsync(HttpContext http, SessionsHandler sessions, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<RefreshBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var cookie = body.RefreshToken is null ? http.Request.Cookies[SessionCookies.Refresh] : null;
        if (cookie is not null && !SessionCookies.AntiforgeryMatches(http))
        {
            return SessionCookies.AntiforgeryMissing;
        }

        var outcome = await sessions.RefreshAsync(
            new(body.RefreshToken ?? cookie, ForCookie: cookie is not null, http.ClientInfo()) { Tenant = NamedTenant.Of(http)?.TenantId },
            ct
        );
        return outcome.Match(
            session => Signed(http, session, TokenBody.From(session), "Refreshed", StatusCodes.Status200OK),
            error => Refused(http, cookie is not null, error)
        );
    }

    private static IResult Refused(HttpContext http, bool byCookie, AccountsError error)
    {
        if (byCookie)
        {
            SessionCookies.Clear(http);
        }

        return error.ToAnswer();
    }

    // Whoever signs out wants to be out: what names no session is no error.
    private static async Task<IResult> LogoutAsync(HttpContext http, SessionsHandler sessions, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<RefreshBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (http.Features.Get<ValidToken>() is { } signedIn)
        {
            await sessions.EndAsync(http.Caller(), signedIn.Session, ct);
        }

        var cookie = SessionCookies.AntiforgeryMatches(http) ? http.Request.Cookies[SessionCookies.Refresh] : null;
        if ((body.RefreshToken ?? cookie) is { } token)
        {
            await sessions.EndAsync(token, http.ClientInfo(), ct);
        }

        SessionCookies.Clear(http);
        return Answers.Ok(new { }, "Signed out");
    }

    private static async Task<IResult> ListAsync(HttpContext http, SessionsHandler sessions, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        var current = http.Session();
        var found = await sessions.ListAsync(http.Caller().UserId, page.Skip, page.Size, ct);
        return Answers.List(new Page<OwnSession>(found.Items, page, found.Total), session => SessionBody.From(session, current));
    }

    private static async Task<IResult> EndOthersAsync(HttpContext http, SessionsHandler sessions, CancellationToken ct) =>
        Answers.Ok(new SessionsEndedBody(await sessions.EndOthersAsync(http.Caller(), http.Session(), ct)), "The other sessions have ended");

    private static async Task<IResult> EndAsync(HttpContext http, string session_id, SessionsHandler sessions, CancellationToken ct) =>
        Guid.TryParse(session_id, out var id) && await sessions.EndAsync(http.Caller(), new SessionId(id), ct)
            ? Answers.Ok(new SessionsEndedBody(1), "The session has ended")
            : Answers.Error(ErrorCode.NotFound, "session.not_found", "No such session.");
}
