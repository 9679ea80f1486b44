using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.OpenId;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.OpenId;

/// <summary>Programs that the tenant's members sign in to, and client credentials of service accounts.</summary>
internal static class OAuthClientRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var clients = routes.MapGroup("/api/v1/oauth-clients");
        clients.MapGet("", ListAsync).Needs(Permission.ManageTenant);
        clients.MapPost("", CreateAsync).Needs(Permission.ManageTenant);
        clients.MapGet("/{client_id}", GetAsync).Needs(Permission.ManageTenant);
        clients.MapPatch("/{client_id}", ChangeAsync).Needs(Permission.ManageTenant);
        clients.MapPost("/{client_id}/secret", ReplaceSecretAsync).Needs(Permission.ManageTenant);
        clients.MapDelete("/{client_id}", DeleteAsync).Needs(Permission.ManageTenant);
    }

    private static async Task<IResult> ListAsync(HttpContext http, OAuthClientsHandler clients, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return Answers.List(await clients.ListAsync(http.Caller(), page.Skip, page.Size, ct), page, client => OAuthClientBody.From(client));
    }

    private static async Task<IResult> CreateAsync(HttpContext http, OAuthClientsHandler clients, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<OAuthClientRequest>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var account = body.ServiceAccountId is { } id ? new UserId(id) : (UserId?)null;
        var made = await clients.CreateAsync(
            http.Caller(),
            new(body.Name, body.RedirectUris, body.PostLogoutRedirectUris, body.Public ?? false, account),
            ct
        );
        return made.Match(
            issued =>
                Answers.Created(
                    OAuthClientBody.From(issued.Client, issued.Secret),
                    issued.Secret is null ? "Client registered" : "Store the secret now: it is not shown again"
                ),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> GetAsync(HttpContext http, string client_id, OAuthClientsHandler clients, CancellationToken ct) =>
        (await clients.GetAsync(http.Caller(), Id(client_id), ct)).Match(client => Answers.Ok(OAuthClientBody.From(client)), ErrorMap.ToAnswer);

    private static async Task<IResult> ChangeAsync(HttpContext http, string client_id, OAuthClientsHandler clients, CancellationToken ct)
    {
        var read = await ChangeBody.ReadAsync<ChangeOAuthClientRequest, OAuthClientBody>(
            http,
            async _ =>
                (await clients.GetAsync(http.Caller(), Id(client_id), ct)).Match<OAuthClientBody?>(client => OAuthClientBody.From(client), _ => null)
        );
        if (!read.Is(out var body, out var refusal))
        {
            return refusal;
        }

        var changed = await clients.ChangeAsync(http.Caller(), Id(client_id), body.Name, body.RedirectUris, body.PostLogoutRedirectUris, ct);
        return changed.Match(client => Answers.Ok(OAuthClientBody.From(client), "Client changed"), ErrorMap.ToAnswer);
    }

    private static async Task<IResult> ReplaceSecretAsync(HttpContext http, string client_id, OAuthClientsHandler clients, CancellationToken ct) =>
        (await clients.ReplaceSecretAsync(http.Caller(), Id(client_id), ct)).Match(
            issued => Answers.Ok(OAuthClientBody.From(issued.Client, issued.Secret), "Store the secret now: it is not shown again"),
            ErrorMap.ToAnswer
        );

    private static async Task<IResult> DeleteAsync(HttpContext http, string client_id, OAuthClientsHandler clients, CancellationToken ct) =>
        (await clients.DeleteAsync(http.Caller(), Id(client_id), ct)).Match(
            client => Answers.Ok(OAuthClientBody.From(client), "Client deleted"),
            ErrorMap.ToAnswer
        );

    // What is no id names no client.
    private static OAuthClientId Id(string text) => new(Guid.TryParse(text, out var id) ? id : Guid.Empty);
}

/// <param name="Public">Only when it is registered; absent, the client gets a secret.</param>
/// <param name="ServiceAccountId">Only when it is registered.</param>
internal sealed record OAuthClientRequest(
    string? Name,
    IReadOnlyList<string?>? RedirectUris,
    IReadOnlyList<string?>? PostLogoutRedirectUris,
    bool? Public,
    Guid? ServiceAccountId
);

/// <summary>Whether it is public and whose service account it is, is decided when it is registered.</summary>
internal sealed record ChangeOAuthClientRequest(string? Name, IReadOnlyList<string?>? RedirectUris, IReadOnlyList<string?>? PostLogoutRedirectUris);

/// <param name="ClientSecret">Only in the answer that makes it.</param>
internal sealed record OAuthClientBody(
    Guid ClientId,
    string Name,
    IReadOnlyList<string> RedirectUris,
    IReadOnlyList<string> PostLogoutRedirectUris,
    bool Public,
    Guid? ServiceAccountId,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ClientSecret
)
{
    public static OAuthClientBody From(OAuthClient client, string? secret = null) =>
        new(
            client.ClientId.Value,
            client.Name,
            client.RedirectUris,
            client.PostLogoutRedirectUris,
            client.IsPublic,
            client.ServiceAccount?.Value,
            client.CreatedAt,
            secret
        );

    public override string ToString() => "***";
}
