using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.Freshness;
using SaaSFlows.Accounts.OpenId.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId;

/// <summary>Says what a token is worth, ends it, and says whose it is. Singleton.</summary>
public sealed class IssuedTokensHandler
{
    private readonly ClientAuthentication _clients;
    private readonly AccessTokens _tokens;
    private readonly AccessFreshness _freshness;
    private readonly SessionsHandler _sessions;
    private readonly PostgresPools _pools;
    private readonly TimeProvider _time;

    internal IssuedTokensHandler(
        ClientAuthentication clients,
        AccessTokens tokens,
        AccessFreshness freshness,
        SessionsHandler sessions,
        PostgresPools pools,
        TimeProvider time
    ) => (_clients, _tokens, _freshness, _sessions, _pools, _time) = (clients, tokens, freshness, sessions, pools, time);

    /// <summary>
    /// RFC 7662: access tokens of the client's tenant, and its own refresh tokens; nothing of all others. For clients with a secret.
    /// </summary>
    public async Task<OAuthResult<TokenState>> IntrospectAsync(ClientCredentials credentials, string token, ClientInfo from, CancellationToken ct)
    {
        var known = await _clients.AuthenticateAsync(credentials, from, ct);
        if (known is not OAuthResult<RegisteredClient>.Done { Value: var client })
        {
            return ((OAuthResult<RegisteredClient>.Failed)known).Error;
        }

        return client.SecretHash is null ? OAuthError.WrongClient
            : RefreshToken.Parse(token) is { } refresh ? new TokenState(await FindAsync(client, refresh, ct))
            : new TokenState(await FindAsync(client, token, ct));
    }

    /// <summary>
    /// RFC 7009: ends the session of a token that the client was given. Any other token is left alone, and the answer does not tell.
    /// </summary>
    public async Task<OAuthResult<int>> RevokeAsync(ClientCredentials credentials, string token, ClientInfo from, CancellationToken ct)
    {
        var known = await _clients.AuthenticateAsync(credentials, from, ct);
        if (known is not OAuthResult<RegisteredClient>.Done { Value: var client })
        {
            return ((OAuthResult<RegisteredClient>.Failed)known).Error;
        }

        var (which, value) =
            RefreshToken.Parse(token) is { } refresh ? ("family_hash = $1", (object)refresh.FamilyHash)
            : await ValidateAsync(token, ct) is { } valid ? ("id = $1", valid.Session.Value)
            : ("id = $1", Guid.Empty);
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var ended = await _sessions.EndAsync(
            connection,
            $"{which} and client_id = $2",
            [value, client.Id.Value],
            AuditActions.SessionEnded,
            from,
            ct
        );
        await transaction.CommitAsync(ct);
        return ended;
    }

    /// <summary>Who the caller is, as far as its client may know. A refusal without the scope openid.</summary>
    public async Task<OAuthResult<IdentityClaims>> UserAsync(UserId user, ClientGrant? grant, CancellationToken ct)
    {
        if (grant?.Has(Scopes.OpenId) == false)
        {
            return new OAuthError("insufficient_scope", "This needs the scope openid.");
        }

        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        return await IdentityClaims.FindAsync(connection, user, grant, ct) is { } claims
            ? claims
            : new OAuthError("invalid_token", "There is no such user any more.");
    }

    private async Task<ActiveToken?> FindAsync(RegisteredClient client, string token, CancellationToken ct)
    {
        if (
            await ValidateAsync(token, ct) is not { Csrf: null } valid
            || valid.Caller.TenantId != client.Tenant
            || await _freshness.CurrentAsync(valid, ct) is not { Caller: var caller }
        )
        {
            return null;
        }

        // Whoever asks wants to know it now, not as of some seconds ago.
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var lives = connection.Command(
            "select exists (select from accounts.sessions where id = $1 and expires_at > $2)",
            valid.Session.Value,
            _time.GetUtcNow()
        );
        return (bool)(await lives.ExecuteScalarAsync(ct))!
            ? new(
                true,
                caller.UserId,
                caller.Username,
                client.Tenant,
                valid.Grant,
                [.. caller.Permissions.Order(StringComparer.Ordinal)],
                valid.IssuedAt,
                valid.ExpiresAt
            )
            : null;
    }

    private async Task<ActiveToken?> FindAsync(RegisteredClient client, RefreshToken refresh, CancellationToken ct)
    {
        await using var connection = await _pools.Lookup.OpenConnectionAsync(ct);
        await using var find = connection.Command(
            """
            select u.id, u.user_name, u.email, s.last_used_at, s.expires_at, s.client_id, s.scopes, s.auth_time, s.opened_by from accounts.sessions s
            join accounts.users u on u.id = s.user_id
            where s.family_hash = $1 and s.token_hash = $2 and s.client_id = $3 and s.expires_at > $4
            """,
            refresh.FamilyHash,
            refresh.Hash,
            client.Id.Value,
            _time.GetUtcNow()
        );
        var rows = await find.ListAsync(
            row =>
                (
                    User: new UserSummary(new(row.GetGuid(0)), row.GetString(1), row.GetString(2)),
                    From: row.GetFieldValue<DateTimeOffset>(3),
                    Until: row.GetFieldValue<DateTimeOffset>(4),
                    Grant: ClientGrant.Read(row, 5)!
                ),
            ct
        );
        return
            rows is [var one]
            && one.Grant.Has(Scopes.OfflineAccess)
            && await Memberships.FindAsync(connection, one.User, client.Tenant, ct) is { Caller: var caller }
            ? new(
                false,
                caller.UserId,
                caller.Username,
                client.Tenant,
                one.Grant,
                [.. one.Grant.Narrow(caller).Permissions.Order(StringComparer.Ordinal)],
                one.From,
                one.Until
            )
            : null;
    }

    private async Task<ValidToken?> ValidateAsync(string token, CancellationToken ct) =>
        (await _tokens.ValidateAsync(token, ct)).Match<ValidToken?>(valid => valid, _ => null);
}

/// <summary>What a token is worth.</summary>
/// <param name="Active">Null if nothing.</param>
public sealed record TokenState(ActiveToken? Active);

/// <summary>A token that is worth something now.</summary>
/// <param name="IsAccessToken">Else it is a refresh token.</param>
/// <param name="User">Whose.</param>
/// <param name="Username">What people call that user.</param>
/// <param name="Tenant">Where.</param>
/// <param name="Grant">Null for one of a sign-in at the product itself.</param>
/// <param name="Permissions">What it may do now.</param>
/// <param name="IssuedAt">When it was made.</param>
/// <param name="ExpiresAt">When it ends.</param>
public sealed record ActiveToken(
    bool IsAccessToken,
    UserId User,
    string Username,
    TenantId Tenant,
    ClientGrant? Grant,
    IReadOnlyList<string> Permissions,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt
);
