using Npgsql;
using SaaSFlows.Accounts.Audit;
using SaaSFlows.Accounts.Communities.Internal;
using SaaSFlows.Accounts.Identity.Internal;
using SaaSFlows.Accounts.Internal;
using SaaSFlows.Accounts.Invitations.Internal;
using SaaSFlows.Accounts.Permissions;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Invitations;

/// <summary>Invites people into the caller's tenant. All of it needs <see cref="Permission.ManageMembers"/>. Singleton.</summary>
public sealed class InvitationsHandler
{
    private const int MostCommunities = 100;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;
    private readonly TimeProvider _time;

    internal InvitationsHandler(TenantDatabase database, AuditLog audit, TimeProvider time) => (_database, _audit, _time) = (database, audit, time);

    /// <summary>Invites; what the address was sent before is good no more. Nobody hands out more than they have.</summary>
    public Task<AccountsResult<NewInvitation>> CreateAsync(Caller caller, string? wantedEmail, string? role, IReadOnlyList<InvitedTo> communities, CancellationToken ct)
    {
        var email = (wantedEmail ?? "").Trim();
        if (Check(caller, email, role ?? "", communities) is { Count: > 0 } errors)
        {
            return Task.FromResult<AccountsResult<NewInvitation>>(new AccountsError.Invalid(errors));
        }

        return _database.QueryAsync<AccountsResult<NewInvitation>>(caller.Scope(), async (connection, token) =>
        {
            await using var member = connection.Command(
                "select 1 from accounts.memberships m join accounts.users u on u.id = m.user_id where m.tenant_id = $1 and lower(u.email) = lower($2)", caller.TenantId.Value, email);
            if (await member.ExecuteScalarAsync(token) is not null)
            {
                return new AccountsError.Conflict("invitation.already_member", "Somebody with this e-mail address is a member already.");
            }

            foreach (var place in communities)
            {
                if (await PlaceSql.RefuseAsync(connection, caller, Permission.ManageMembers, place.Community, token) is { } refusal)
                {
                    return refusal;
                }
            }

            var secret = InvitationToken.New();
            var made = await InsertAsync(connection, caller, email, role!, communities, secret, token);
            await _audit.WriteAsync(connection, Entry(caller, AuditActions.InvitationCreated, made), token);
            return new NewInvitation(made, secret);
        }, ct);
    }

    /// <summary>The newest first, whatever became of them.</summary>
    public Task<AccountsList<Invitation>> ListAsync(Caller caller, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), async (connection, token) =>
        {
            await using var list = Select(connection, "where tenant_id = $2 order by id desc offset $3 limit $4", caller.TenantId.Value, skip, take);
            return new AccountsList<Invitation>(
                await list.ListAsync(Read, token), await connection.CountAsync("accounts.invitations where tenant_id = $1", [caller.TenantId.Value], token));
        }, ct);

    /// <summary>Its link is good no more. Revoking twice is no error; one that was accepted stays so.</summary>
    public Task<AccountsResult<Invitation>> RevokeAsync(Caller caller, InvitationId id, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<Invitation>>(caller.Scope(), async (connection, token) =>
        {
            await using var revoke = connection.Command(
                "update accounts.invitations set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null and accepted_at is null",
                caller.TenantId.Value, id.Value, _time.GetUtcNow());
            var revoked = await revoke.ExecuteNonQueryAsync(token) == 1;
            await using var find = Select(connection, "where tenant_id = $2 and id = $3", caller.TenantId.Value, id.Value);
            if (await find.ListAsync(Read, token) is not [var found])
            {
                return new AccountsError.NotFound("invitation");
            }

            if (found.Status == "accepted")
            {
                return new AccountsError.Conflict("invitation.accepted", "This invitation was accepted already. Remove the member instead.");
            }

            if (revoked)
            {
                await _audit.WriteAsync(connection, Entry(caller, AuditActions.InvitationRevoked, found), token);
            }

            return found;
        }, ct);

    private async Task<Invitation> InsertAsync(
        NpgsqlConnection connection, Caller caller, string email, string role, IReadOnlyList<InvitedTo> communities, string secret, CancellationToken ct)
    {
        var now = _time.GetUtcNow();
        var made = new Invitation(new(Guid.CreateVersion7(now)), email, role, communities, "open", now, now + Lifetime);
        var normalized = Normalize(email);
        await using var replace = connection.Command(
            "update accounts.invitations set revoked_at = $3 where tenant_id = $1 and normalized_email = $2 and revoked_at is null and accepted_at is null",
            caller.TenantId.Value, normalized, now);
        await replace.ExecuteNonQueryAsync(ct);
        await using var insert = connection.Command(
            """
            insert into accounts.invitations (id, tenant_id, token_hash, email, normalized_email, role, invited_by, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            made.Id.Value, caller.TenantId.Value, InvitationToken.Hash(secret), email, normalized, role, caller.UserId.Value, now, made.ExpiresAt);
        await insert.ExecuteNonQueryAsync(ct);
        await using var places = connection.Command(
            "insert into accounts.invitation_communities (invitation_id, tenant_id, community_id, role) select $1, $2, * from unnest($3::bigint[], $4::text[])",
            made.Id.Value, caller.TenantId.Value, communities.Select(c => c.Community.Value).ToArray(), communities.Select(c => c.Role).ToArray());
        await places.ExecuteNonQueryAsync(ct);
        return made;
    }

    private NpgsqlCommand Select(NpgsqlConnection connection, string where, params object[] values) => connection.Command(
        $"""
        select id, email, role, created_at, expires_at,
            case when accepted_at is not null then 'accepted' when revoked_at is not null then 'revoked' when expires_at <= $1 then 'expired' else 'open' end,
            array(select c.community_id from accounts.invitation_communities c where c.invitation_id = i.id order by c.community_id),
            array(select c.role from accounts.invitation_communities c where c.invitation_id = i.id order by c.community_id)
        from accounts.invitations i {where}
        """,
        [_time.GetUtcNow(), .. values]);

    private static Invitation Read(System.Data.Common.DbDataReader row) => new(
        new(row.GetGuid(0)),
        row.GetString(1),
        row.GetString(2),
        [.. row.GetFieldValue<long[]>(6).Zip(row.GetFieldValue<string[]>(7), (community, role) => new InvitedTo(new(community), role))],
        row.GetString(5),
        row.GetFieldValue<DateTimeOffset>(3),
        row.GetFieldValue<DateTimeOffset>(4));

    private static Dictionary<string, string[]> Check(Caller caller, string email, string role, IReadOnlyList<InvitedTo> communities)
    {
        var errors = new Dictionary<string, string[]>();
        if (!RegisterRules.IsEmail(email))
        {
            errors["email"] = ["This is not an e-mail address."];
        }

        if (RoleGrants.Parse(role) is not { } parsed || !parsed.Permissions().IsSubsetOf(caller.Permissions))
        {
            errors["role"] = ["must be one of owner, admin, editor, operator, viewer, and grant nothing that you may not do yourself."];
        }

        if (communities.Count > MostCommunities || communities.DistinctBy(c => c.Community).Count() != communities.Count
            || communities.Any(c => RoleGrants.Parse(c.Role) is null or Role.Owner))
        {
            errors["communities"] = [$"Name each of at most {MostCommunities} communities once, with the role admin, editor, operator or viewer."];
        }

        return errors;
    }

    // As Identity does it: both find one account.
    private static string Normalize(string email) => email.Normalize().ToUpperInvariant();

    private static AuditEntry Entry(Caller caller, string action, Invitation invitation) => AuditEntry.By(
        caller,
        action,
        new("invitation", $"{invitation.Id}", invitation.Email),
        after: new { invitation.Role, Communities = invitation.Communities.Select(c => new { Community = c.Community.Value, c.Role }) });
}
