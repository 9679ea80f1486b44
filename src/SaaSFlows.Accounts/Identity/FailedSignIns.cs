using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>Writes failed sign-ins to the audit log of each tenant of the account.</summary>
internal static class FailedSignIns
{
    // One statement and one commit with a write in any case, so that the duration does not reveal whether the account exists.
    private const string Sql = """
        with touched as (update accounts.sign_in_attempts set last_at = last_at where key = $1)
        insert into accounts.audit_entries (tenant_id, id, at, actor_kind, action, target_type, target_id, target_name, address, user_agent,
        correlation_id)
        select m.tenant_id, $2, $3, 'anonymous', $4, 'user', $5::uuid::text, u.user_name, $6, $7, $8
        from accounts.memberships_of($5) m cross join accounts.users u where u.id = $5
        """;

    /// <param name="connection">Of the lookup role.</param>
    /// <param name="attemptKey">The account's key in the attempts table.</param>
    /// <param name="user">Null for an unknown account, for which nothing is written.</param>
    public static async Task WriteFailedSignInAsync(
        this AuditLog audit,
        NpgsqlConnection connection,
        byte[] attemptKey,
        UserId? user,
        ClientInfo from,
        CancellationToken ct
    )
    {
        var (id, now) = audit.Next();
        await using var insert = connection.Command(
            Sql,
            attemptKey,
            id,
            now,
            AuditActions.SignInFailed,
            user?.Value ?? Guid.Empty,
            AuditLog.Text(from.Address),
            AuditLog.Text(from.UserAgent),
            AuditLog.Text(from.CorrelationId)
        );
        await insert.ExecuteNonQueryAsync(ct);
    }
}
