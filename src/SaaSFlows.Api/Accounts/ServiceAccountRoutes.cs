using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity.ServiceAccounts;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Accounts;

/// <summary>Members that are programs.</summary>
internal static class ServiceAccountRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var accounts = routes.MapGroup("/api/v1/service-accounts");
        accounts.MapGet("", ListAsync).Needs(Permission.ManageServiceAccounts);
        accounts.MapPost("", CreateAsync).Needs(Permission.ManageServiceAccounts);
        accounts.MapGet("/{user_id}", GetAsync).Needs(Permission.ManageServiceAccounts);
        accounts.MapPatch("/{user_id}", ChangeAsync).Needs(Permission.ManageServiceAccounts);
        accounts.MapDelete("/{user_id}", DeleteAsync).Needs(Permission.ManageServiceAccounts);
    }

    private static async Task<IResult> ListAsync(HttpContext http, ServiceAccountsHandler accounts, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return Answers.List(await accounts.ListAsync(http.Caller(), page.Skip, page.Size, ct), page, ServiceAccountBody.From);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, ServiceAccountsHandler accounts, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<ServiceAccountRequest>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var made = await accounts.CreateAsync(http.Caller(), body.Name, body.Role, ct);
        return made.Match(account => Answers.Created(ServiceAccountBody.From(account), "Service account created"), ErrorMap.ToAnswer);
    }

    private static async Task<IResult> GetAsync(HttpContext http, string user_id, ServiceAccountsHandler accounts, CancellationToken ct) =>
        (await accounts.GetAsync(http.Caller(), Id(user_id), ct)).Match(account => Answers.Ok(ServiceAccountBody.From(account)), ErrorMap.ToAnswer);

    private static async Task<IResult> ChangeAsync(HttpContext http, string user_id, ServiceAccountsHandler accounts, CancellationToken ct)
    {
        var read = await ChangeBody.ReadAsync<ServiceAccountRequest, ServiceAccountBody>(
            http,
            async _ => (await accounts.GetAsync(http.Caller(), Id(user_id), ct)).Match<ServiceAccountBody?>(ServiceAccountBody.From, _ => null)
        );
        if (!read.Is(out var body, out var refusal))
        {
            return refusal;
        }

        var changed = await accounts.ChangeAsync(http.Caller(), Id(user_id), body.Name, body.Role, ct);
        return changed.Match(account => Answers.Ok(ServiceAccountBody.From(account), "Service account changed"), ErrorMap.ToAnswer);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string user_id, ServiceAccountsHandler accounts, CancellationToken ct) =>
        (await accounts.DeleteAsync(http.Caller(), Id(user_id), ct)).Match(
            account => Answers.Ok(ServiceAccountBody.From(account), "Service account deleted"),
            ErrorMap.ToAnswer
        );

    // What is no id names nobody.
    private static UserId Id(string text) => new(Guid.TryParse(text, out var id) ? id : Guid.Empty);
}

/// <param name="Name">1 to 120 characters.</param>
/// <param name="Role">Any but owner: a built-in role's name, or the id of one of the tenant's own.</param>
internal sealed record ServiceAccountRequest(string? Name, string? Role);

internal sealed record ServiceAccountBody(Guid UserId, string Name, string Role, string RoleName, DateTimeOffset CreatedAt)
{
    public static ServiceAccountBody From(ServiceAccount account) =>
        new(account.UserId.Value, account.Name, account.Role.Key, account.Role.Name, account.CreatedAt);
}
