using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Identity.SigningKeys;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>Begins sessions of clients. Safe for concurrent use.</summary>
internal sealed class ClientSessions(AccessTokens tokens, AccessTokenOptions options, AuditLog audit, TimeProvider time)
{
    /// <summary>
    /// In the caller's transaction. Without the scope offline_access it lives as long as its access token, and nothing refreshes it.
    /// </summary>
    public async Task<(IssuedToken Token, IssuedRefreshToken? Refresh)> OpenAsync(
        NpgsqlConnection transaction,
        SigningKey key,
        SessionId session,
        Membership membership,
        ClientGrant grant,
        ClientInfo from,
        CancellationToken ct
    )
    {
        var (caller, refresh, now) = (membership.Caller, RefreshToken.New(), time.GetUtcNow());
        var lifetime = grant.Has(Scopes.OfflineAccess) ? options.RefreshLifetime : options.Lifetime;
        await using var insert = transaction.Command(
            """
            with expired as (delete from accounts.sessions where user_id = $3 and expires_at <= $6)
            insert into accounts.sessions (id, tenant_id, user_id, family_hash, token_hash, for_cookie, created_at, last_used_at, expires_at,
            user_agent, address,
                client_id, scopes, auth_time, opened_by)
            values ($1, $2, $3, $4, $5, false, $6, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            session.Value,
            caller.TenantId.Value,
            caller.UserId.Value,
            refresh.FamilyHash,
            refresh.Hash,
            now,
            now + lifetime,
            (object?)from.UserAgent ?? DBNull.Value,
            (object?)from.Address ?? DBNull.Value,
            grant.Client.Value,
            grant.Scopes.ToArray(),
            (object?)grant.AuthTime ?? DBNull.Value,
            (object?)grant.OpenedBy?.Value ?? DBNull.Value
        );
        await insert.ExecuteNonQueryAsync(ct);
        var known = caller with { From = from, Credential = new("client", grant.Client.ToString()) };
        var entry = AuditEntry.By(
            known,
            AuditActions.SignedIn,
            new("user", caller.UserId.ToString(), caller.Username),
            null,
            new { client_id = grant.Client.Value, scope = grant.Scope }
        );
        await audit.WriteAsync(transaction, entry, ct);
        var token = tokens.Issue(key, caller, session, grant);
        return (token, grant.Has(Scopes.OfflineAccess) ? new(refresh.Text, lifetime) : null);
    }
}
