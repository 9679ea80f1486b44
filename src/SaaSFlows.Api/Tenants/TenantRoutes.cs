using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.Api.Exports;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Tenants;

/// <summary>The caller's tenant itself.</summary>
internal static class TenantRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var tenant = routes.MapGroup("/api/v1/tenant");
        tenant.MapGet("", GetAsync).NeedsSignIn();
        tenant.MapPatch("", ChangeAsync).Needs(Permission.ManageTenant);
        tenant.MapDelete("", CloseAsync).Needs(Permission.DeleteTenant);
        tenant.MapPost("/restore", RestoreAsync).Needs(Permission.DeleteTenant);
        tenant.MapPost("/export", Export).Needs(Permission.ManageTenant);
    }

    private static async Task<IResult> GetAsync(HttpContext http, TenantHandler tenant, CancellationToken ct) =>
        Shown(await tenant.GetAsync(http.Caller(), ct), null);

    private static async Task<IResult> ChangeAsync(HttpContext http, TenantHandler tenant, CancellationToken ct) =>
        (
            await ChangeBody.ReadAsync<ChangeTenantBody, TenantDetailsBody>(
                http,
                async _ => (await tenant.GetAsync(http.Caller(), ct)).Match<TenantDetailsBody?>(TenantDetailsBody.From, _ => null)
            )
        ).Is(out var body, out var refusal)
            ? Shown(await tenant.ChangeAsync(http.Caller(), body.Name, body.Slug, ct), "Tenant changed")
            : refusal;

    private static async Task<IResult> CloseAsync(HttpContext http, TenantHandler tenant, CancellationToken ct) =>
        (await RequestBody.ReadAsync<CloseTenantBody>(http)).Is(out var body, out var refusal)
            ? Shown(await tenant.CloseAsync(http.Caller(), body.Name, ct), "The tenant is closed. Until it is deleted its owner can restore it")
            : refusal;

    private static async Task<IResult> RestoreAsync(HttpContext http, TenantHandler tenant, CancellationToken ct) =>
        Shown(await tenant.RestoreAsync(http.Caller(), ct), "The tenant is open again");

    private static Export Export(HttpContext http, TenantExport export) =>
        new(http.Caller().TenantId, "application/x-ndjson", "tenant.jsonl", ct => export.BeginAsync(http.Caller(), ct));

    private static IResult Shown(AccountsResult<TenantDetails> outcome, string? message) =>
        outcome.Match(tenant => Answers.Ok(TenantDetailsBody.From(tenant), message), ErrorMap.ToAnswer);
}
