using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>A code: good once, within a minute, for the client, the address and the verifier that it was made for.</summary>
internal sealed record AuthorizationCode(UserSummary User, TenantId Tenant, string RedirectUri, string Challenge, string? Nonce, ClientGrant Grant)
{
    /// <summary>Came before: it was copied, and what it made can't be trusted.</summary>
    public bool WasUsed { get; init; }

    /// <summary>What it made when it was used; null if that was refused.</summary>
    public SessionId? Made { get; init; }

    /// <summary>Its minute is not over, and neither is the session of the browser that it was made in.</summary>
    public bool IsAlive { get; init; }

    public bool IsFor(string? redirectUri, string? verifier) =>
        redirectUri == RedirectUri
        && verifier is { Length: >= 43 and <= 128 }
        && CryptographicOperations.FixedTimeEquals(
            Base64Url.EncodeToUtf8(SHA256.HashData(Encoding.UTF8.GetBytes(verifier))),
            Encoding.UTF8.GetBytes(Challenge)
        );
}

internal static class AuthorizationCodes
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromSeconds(60);

    // As long as it is known, its second use is noticed.
    private static readonly TimeSpan _keptFor = TimeSpan.FromDays(1);

    /// <summary>Forgets old ones on the way.</summary>
    public static async Task<string> IssueAsync(NpgsqlConnection connection, AuthorizationCode code, DateTimeOffset now, CancellationToken ct)
    {
        var text = ClientSecret.Random();
        await using var insert = connection.Command(
            """
            with old as (delete from accounts.authorization_codes where expires_at < $12)
            insert into accounts.authorization_codes (code_hash, client_id, tenant_id, user_id, redirect_uri, code_challenge, nonce, scopes,
            auth_time, opened_by, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            ClientSecret.Hash(text),
            code.Grant.Client.Value,
            code.Tenant.Value,
            code.User.UserId.Value,
            code.RedirectUri,
            code.Challenge,
            (object?)code.Nonce ?? DBNull.Value,
            code.Grant.Scopes.ToArray(),
            code.Grant.AuthTime!.Value,
            code.Grant.OpenedBy!.Value.Value,
            now + _lifetime,
            now - _keptFor
        );
        await insert.ExecuteNonQueryAsync(ct);
        return text;
    }

    /// <summary>
    /// Null for what is no code of the client's. Locked: of two that come at the same moment the second sees that the first was there.
    /// </summary>
    public static async Task<AuthorizationCode?> FindAsync(
        NpgsqlConnection transaction,
        OAuthClientId client,
        string code,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        await using var find = transaction.Command(
            """
            select u.id, u.user_name, u.email, c.tenant_id, c.redirect_uri, c.code_challenge, c.nonce, c.client_id, c.scopes, c.auth_time,
            c.opened_by, c.used_at is not null, c.session_id,
                c.expires_at > $3 and exists (select from accounts.sessions s where s.id = c.opened_by and s.expires_at > $3)
            from accounts.authorization_codes c join accounts.users u on u.id = c.user_id where c.code_hash = $1 and c.client_id = $2 for update of c
            """,
            ClientSecret.Hash(code),
            client.Value,
            now
        );
        var found = await find.ListAsync(
            row => new AuthorizationCode(
                new(new(row.GetGuid(0)), row.GetString(1), row.GetString(2)),
                new(row.GetGuid(3)),
                row.GetString(4),
                row.GetString(5),
                row.GetValue(6) as string,
                ClientGrant.Read(row, 7)!
            )
            {
                WasUsed = row.GetBoolean(11),
                Made = row.IsDBNull(12) ? null : new SessionId(row.GetGuid(12)),
                IsAlive = row.GetBoolean(13),
            },
            ct
        );
        return found is [var one] ? one : null;
    }

    /// <summary>It is used up, whether it made a session or was refused.</summary>
    public static async Task UseAsync(NpgsqlConnection transaction, string code, SessionId? made, DateTimeOffset now, CancellationToken ct)
    {
        await using var use = transaction.Command(
            "update accounts.authorization_codes set used_at = $2, session_id = $3 where code_hash = $1",
            ClientSecret.Hash(code),
            now,
            (object?)made?.Value ?? DBNull.Value
        );
        await use.ExecuteNonQueryAsync(ct);
    }
}
