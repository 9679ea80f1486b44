using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Accounts;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Tenants;

/// <summary>The caller's tenants, and the way from one to another.</summary>
internal static class OwnTenantRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/me/tenants", ListAsync).NeedsSignIn();
        routes.MapPost("/api/v1/auth/switch", SwitchAsync).NeedsSession();
    }

    private static async Task<IResult> ListAsync(HttpContext http, OwnTenantsHandler tenants, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        var caller = http.Caller();
        return Answers.List(await tenants.ListAsync(caller, page.Skip, page.Size, ct), page, own => OwnTenantBody.From(own, caller.TenantId));
    }

    private static async Task<IResult> SwitchAsync(HttpContext http, OwnTenantsHandler tenants, SessionsHandler sessions, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<SwitchBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var slug = body.Slug ?? body.Tenant;
        if (body.TenantId is null == slug is null)
        {
            return Answers.FieldErrors("input.invalid", new Dictionary<string, string> { ["tenant_id"] = "is needed, or else slug." });
        }

        if (NamedTenant.Of(http) is { } named && (body.TenantId is { } wanted ? wanted != named.TenantId.Value : slug != named.Slug))
        {
            return NamedTenant.LeadsElsewhere;
        }

        var caller = http.Caller();
        var byCookie = http.Features.Get<ValidToken>()?.Csrf is not null;
        var outcome = await tenants.SwitchAsync(caller, body.TenantId is { } id ? new TenantId(id) : null, slug, byCookie, ct);
        return await outcome.Match(
            async session =>
            {
                if (byCookie)
                {
                    // Its cookies are overwritten: nobody could use or end it any more.
                    await sessions.EndAsync(caller, http.Session(), ct);
                }

                return SessionRoutes.Signed(http, session, TokenBody.From(session), "Switched", StatusCodes.Status200OK);
            },
            error => Task.FromResult(error.ToAnswer())
        );
    }
}
