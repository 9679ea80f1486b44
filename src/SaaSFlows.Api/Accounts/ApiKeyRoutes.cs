using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Identity.ApiKeys;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Accounts;

/// <summary>Keys for programs. A key makes no other key.</summary>
internal static class ApiKeyRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/api-keys");
        keys.MapGet("", ListAsync).NeedsSession();
        keys.MapPost("", CreateAsync).NeedsSession();
        keys.MapDelete("/{api_key_id}", RevokeAsync).NeedsSession();
    }

    private static async Task<IResult> ListAsync(HttpContext http, ApiKeysHandler keys, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var (page, owner) = (query.Page(), query.Id("user_id"));
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        var found = await keys.ListAsync(http.Caller(), owner is { } id ? new UserId(id) : null, page.Skip, page.Size, ct);
        return found.Match(part => Answers.List(part, page, key => ApiKeyBody.From(key)), ErrorMap.ToAnswer);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, ApiKeysHandler keys, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<ApiKeyRequest>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var command = new CreateApiKey(
            body.Name,
            body.UserId is { } owner ? new UserId(owner) : null,
            body.Permissions,
            body.CommunityIds?.Select(id => new CommunityId(id)).ToList(),
            body.ExpiresAt
        );
        return (await keys.CreateAsync(http.Caller(), command, ct)).Match(
            made => Answers.Created(ApiKeyBody.From(made.Key, made.Secret), "Store the key now: it is not shown again"),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> RevokeAsync(HttpContext http, string api_key_id, ApiKeysHandler keys, CancellationToken ct)
    {
        // What is no id names no key.
        var id = new ApiKeyId(Guid.TryParse(api_key_id, out var value) ? value : Guid.Empty);
        return (await keys.RevokeAsync(http.Caller(), id, ct)).Match(
            key => Answers.Ok(ApiKeyBody.From(key), "The API key is revoked"),
            ErrorMap.ToAnswer
        );
    }
}

/// <param name="UserId">A service account; absent, the key is the caller's.</param>
/// <param name="Permissions">Absent, all that both owner and caller have.</param>
/// <param name="CommunityIds">Absent, all that the owner acts in.</param>
/// <param name="ExpiresAt">At most 366 days from now, which it also is if absent.</param>
internal sealed record ApiKeyRequest(
    string? Name,
    Guid? UserId,
    IReadOnlyList<string>? Permissions,
    IReadOnlyList<long>? CommunityIds,
    DateTimeOffset? ExpiresAt
);

/// <param name="Key">Only in the answer that makes it.</param>
internal sealed record ApiKeyBody(
    Guid ApiKeyId,
    Guid UserId,
    string Name,
    string Prefix,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<long>? CommunityIds,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key
)
{
    public static ApiKeyBody From(ApiKey key, string? secret = null) =>
        new(
            key.ApiKeyId.Value,
            key.Owner.Value,
            key.Name,
            key.Prefix,
            key.Permissions,
            key.Communities?.Select(community => community.Value).ToList(),
            key.CreatedAt,
            key.ExpiresAt,
            key.LastUsedAt,
            secret
        );

    public override string ToString() => "***";
}
