using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Begins sessions. Safe for concurrent use.</summary>
internal sealed class SessionOpener(PostgresPools pools, AccessTokens tokens, AccessTokenOptions options, AuditLog audit, TimeProvider time)
{
    /// <summary>
    /// Begins a session for a user whose credentials were checked, now or at the beginning of the current session. Also deletes the user's sessions
    /// that have ended unused.
    /// </summary>
    public async Task<Session> OpenAsync(Caller caller, UserSummary user, TenantSummary tenant, bool forCookie, ClientInfo from, CancellationToken ct)
    {
        var session = new SessionId(Guid.CreateVersion7());
        var refresh = RefreshToken.New();
        var token = await tokens.IssueAsync(caller, session, forCookie, ct);
        var now = time.GetUtcNow();
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var insert = connection.Command(
            """
            with expired as (delete from accounts.sessions where user_id = $3 and expires_at <= $7)
            insert into accounts.sessions (id, tenant_id, user_id, family_hash, token_hash, for_cookie, created_at, last_used_at, expires_at,
            user_agent, address, auth_time)
            values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, (select coalesce(auth_time, created_at) from accounts.sessions where id = $11))
            """,
            session.Value,
            tenant.TenantId.Value,
            user.UserId.Value,
            refresh.FamilyHash,
            refresh.Hash,
            forCookie,
            now,
            now + options.RefreshLifetime,
            (object?)from.UserAgent ?? DBNull.Value,
            (object?)from.Address ?? DBNull.Value,
            caller is { HasSignedIn: true, Credential: { } before } ? Guid.Parse(before.Id) : Guid.Empty
        );
        await insert.ExecuteNonQueryAsync(ct);
        var known = caller with { From = from, Credential = new("session", session.ToString()) };
        await audit.WriteAsync(connection, AuditEntry.By(known, AuditActions.SignedIn, new("user", user.UserId.ToString(), user.Username)), ct);
        await transaction.CommitAsync(ct);
        return new(token, new(refresh.Text, options.RefreshLifetime), user, tenant);
    }
}
