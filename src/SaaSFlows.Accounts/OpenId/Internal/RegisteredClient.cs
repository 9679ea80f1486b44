using System.Data.Common;
using System.Security.Cryptography;
using Npgsql;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>A client as the provider sees it, before a tenant is known.</summary>
internal sealed record RegisteredClient(
    OAuthClientId Id,
    TenantId Tenant,
    IReadOnlyList<string> RedirectUris,
    IReadOnlyList<string> PostLogoutRedirectUris,
    byte[]? SecretHash,
    UserId? ServiceAccount
)
{
    /// <summary>Null for what names no client.</summary>
    public static async Task<RegisteredClient?> FindAsync(NpgsqlConnection connection, string? id, CancellationToken ct)
    {
        if (!Guid.TryParseExact(id, "D", out var parsed))
        {
            return null;
        }

        await using var find = connection.Command(
            """
            select id, tenant_id, redirect_uris, post_logout_redirect_uris, secret_hash, service_account_id
            from accounts.oauth_clients where id = $1
            """,
            parsed
        );
        return await find.ListAsync(Read, ct) is [var one] ? one : null;
    }

    /// <summary>A public client has no secret and brings none.</summary>
    public bool IsRight(string? secret) =>
        SecretHash is null ? secret is null : secret is not null && CryptographicOperations.FixedTimeEquals(SecretHash, ClientSecret.Hash(secret));

    private static RegisteredClient Read(DbDataReader row) =>
        new(
            new(row.GetGuid(0)),
            new(row.GetGuid(1)),
            row.GetFieldValue<string[]>(2),
            row.GetFieldValue<string[]>(3),
            row.GetValue(4) as byte[],
            row.IsDBNull(5) ? null : new UserId(row.GetGuid(5))
        );
}
