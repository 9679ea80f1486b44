using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Accounts.Directory.Invitations.Internal;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.Mail;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Invitations;

/// <summary>Invites people into the caller's tenant. All of it needs <see cref="Permission.ManageMembers"/>. Singleton.</summary>
public sealed class InvitationsHandler
{
    // Each invitation is a mail to a person who did not ask for it.
    private const int MostAnHour = 500;
    private const int MostAnHourToOne = 5;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;
    private readonly InvitationMail _mail;
    private readonly MailOutbox _outbox;
    private readonly TimeProvider _time;

    internal InvitationsHandler(TenantDatabase database, AuditLog audit, InvitationMail mail, MailOutbox outbox, TimeProvider time) =>
        (_database, _audit, _mail, _outbox, _time) = (database, audit, mail, outbox, time);

    /// <summary>
    /// Invites a person and mails the link. Earlier invitations of the address become invalid. The role must not have permissions that the caller
    /// lacks.
    /// </summary>
    /// <param name="role">A built-in role's name, or the id of one of the tenant's own.</param>
    public async Task<AccountsResult<NewInvitation>> CreateAsync(
        Caller caller,
        string? wantedEmail,
        string? role,
        IReadOnlyList<WantedPlace> places,
        CancellationToken ct
    )
    {
        var email = (wantedEmail ?? "").Trim();
        var secret = InvitationToken.New();
        using var sealer = await _outbox.SealerAsync(ct);
        var made = await _database.QueryAsync<AccountsResult<Invitation>>(
            caller.Scope(),
            async (connection, token) =>
            {
                var checkedRoles = await InvitedRoles.CheckAsync(connection, caller, email, role, places, token);
                if (checkedRoles is not AccountsResult<InvitedRoles>.Done { Value: var roles })
                {
                    return ((AccountsResult<InvitedRoles>.Failed)checkedRoles).Error;
                }

                if (await RefusalAsync(connection, caller, email, token) is { } refusal)
                {
                    return refusal;
                }

                var invitation = await InsertAsync(connection, caller, email, roles, secret, token);
                await _audit.WriteAsync(connection, Entry(caller, AuditActions.InvitationCreated, invitation), token);
                await using var name = connection.Command("select name from accounts.tenants where tenant_id = $1", caller.TenantId.Value);
                await _mail.PostAsync(connection, sealer, email, (string)(await name.ExecuteScalarAsync(token))!, secret, Lifetime, token);
                return invitation;
            },
            ct
        );
        return made.Match<AccountsResult<NewInvitation>>(
            invitation =>
            {
                _outbox.Wake();
                return new NewInvitation(invitation, secret);
            },
            error => error
        );
    }

    /// <summary>Returns invitations in any status, the newest first.</summary>
    public Task<AccountsList<Invitation>> ListAsync(Caller caller, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                await using var list = Select(
                    connection,
                    "where i.tenant_id = $2 order by i.id desc offset $3 limit $4",
                    caller.TenantId.Value,
                    skip,
                    take
                );
                return new AccountsList<Invitation>(
                    await list.ListAsync(Read, token),
                    await connection.CountAsync("accounts.invitations where tenant_id = $1", [caller.TenantId.Value], token)
                );
            },
            ct
        );

    /// <summary>Revokes an invitation. Revoking twice is no error; an accepted invitation is a conflict.</summary>
    public Task<AccountsResult<Invitation>> RevokeAsync(Caller caller, InvitationId id, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<Invitation>>(
            caller.Scope(),
            async (connection, token) =>
            {
                await using var revoke = connection.Command(
                    "update accounts.invitations set revoked_at = $3 where tenant_id = $1 and id = $2 and revoked_at is null and accepted_at is null",
                    caller.TenantId.Value,
                    id.Value,
                    _time.GetUtcNow()
                );
                var revoked = await revoke.ExecuteNonQueryAsync(token) == 1;
                await using var find = Select(connection, "where i.tenant_id = $2 and i.id = $3", caller.TenantId.Value, id.Value);
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
            },
            ct
        );

    private async Task<AccountsError?> RefusalAsync(NpgsqlConnection connection, Caller caller, string email, CancellationToken ct)
    {
        await using var member = connection.Command(
            "select 1 from accounts.memberships m join accounts.users u on u.id = m.user_id where m.tenant_id = $1 and lower(u.email) = lower($2)",
            caller.TenantId.Value,
            email
        );
        if (await member.ExecuteScalarAsync(ct) is not null)
        {
            return new AccountsError.Conflict("invitation.already_member", "Somebody with this e-mail address is a member already.");
        }

        await connection.OneByOneAsync(caller, "invitations", ct);
        // Ids begin with their time, and have an index.
        await using var recent = connection.Command(
            "select count(*), count(*) filter (where normalized_email = $2) from accounts.invitations where tenant_id = $1 and id >= $3",
            caller.TenantId.Value,
            NfcNormalizer.Normalize(email),
            Guid.CreateVersion7(_time.GetUtcNow() - Hour)
        );
        var (all, here) = (await recent.ListAsync(row => (row.GetInt64(0), row.GetInt64(1)), ct))[0];
        return all >= MostAnHour || here >= MostAnHourToOne
            ? new AccountsError.Conflict(
                "invitation.too_many",
                $"A tenant sends at most {MostAnHour} invitations an hour, and {MostAnHourToOne} to one address. Try again later."
            )
            : null;
    }

    private async Task<Invitation> InsertAsync(
        NpgsqlConnection connection,
        Caller caller,
        string email,
        InvitedRoles roles,
        string secret,
        CancellationToken ct
    )
    {
        var now = _time.GetUtcNow();
        var made = new Invitation(new(Guid.CreateVersion7(now)), email, roles.InTenant, roles.InCommunities, "open", now, now + Lifetime);
        var normalized = NfcNormalizer.Normalize(email);
        await using var replace = connection.Command(
            "update accounts.invitations set revoked_at = $3 where tenant_id = $1 and normalized_email = $2 and revoked_at is null and "
                + "accepted_at is null",
            caller.TenantId.Value,
            normalized,
            now
        );
        await replace.ExecuteNonQueryAsync(ct);
        await using var insert = connection.Command(
            """
            insert into accounts.invitations (id, tenant_id, token_hash, email, normalized_email, role, role_id, invited_by, created_at, expires_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            made.Id.Value,
            caller.TenantId.Value,
            InvitationToken.Hash(secret),
            email,
            normalized,
            made.Role.Columns.Role,
            made.Role.Columns.OwnId,
            caller.UserId.Value,
            now,
            made.ExpiresAt
        );
        await insert.ExecuteNonQueryAsync(ct);
        await using var places = connection.Command(
            """
            insert into accounts.invitation_communities (invitation_id, tenant_id, community_id, role, role_id)
            select $1, $2, * from unnest($3::bigint[], $4::text[], $5::uuid[])
            """,
            made.Id.Value,
            caller.TenantId.Value,
            made.Communities.Select(c => c.Community.Value).ToArray(),
            made.Communities.Select(c => c.Role.Columns.Role).ToArray(),
            made.Communities.Select(c => c.Role.Own?.Value).ToArray()
        );
        await places.ExecuteNonQueryAsync(ct);
        return made;
    }

    private NpgsqlCommand Select(NpgsqlConnection connection, string where, params object[] values) =>
        connection.Command(
            $"""
            select i.id, i.email, i.created_at, i.expires_at,
                case when i.accepted_at is not null then 'accepted' when i.revoked_at is not null then 'revoked'
                when i.expires_at <= $1 then 'expired'
                    when (i.role = 'custom' and i.role_id is null) or 'custom' = any (p.gone) then 'role_deleted' else 'open' end,
                i.role, i.role_id, r.name, r.permissions, p.communities, p.roles, p.role_ids, p.names
            from accounts.invitations i left join accounts.roles r on r.id = i.role_id
                cross join lateral (
                    select array_agg(c.community_id order by c.community_id), array_agg(c.role order by c.community_id), array_agg(c.role_id
                    order by c.community_id),
                        array_agg(n.name order by c.community_id), array_agg(c.role) filter (where c.role_id is null)
                    from accounts.invitation_communities c left join accounts.roles n on n.id = c.role_id
                    where c.invitation_id = i.id) p (communities, roles, role_ids, names, gone)
            {where}
            """,
            [_time.GetUtcNow(), .. values]
        );

    private static Invitation Read(DbDataReader row) =>
        new(
            new(row.GetGuid(0)),
            row.GetString(1),
            MemberRole.Read(row, 5),
            row.IsDBNull(9)
                ? []
                :
                [
                    .. Places(
                        row.GetFieldValue<long[]>(9),
                        row.GetFieldValue<string[]>(10),
                        row.GetFieldValue<Guid?[]>(11),
                        row.GetFieldValue<string?[]>(12)
                    ),
                ],
            row.GetString(4),
            row.GetFieldValue<DateTimeOffset>(2),
            row.GetFieldValue<DateTimeOffset>(3)
        );

    private static IEnumerable<InvitedTo> Places(long[] communities, string[] roles, Guid?[] own, string?[] names) =>
        communities.Select((community, i) => new InvitedTo(new(community), MemberRole.Read(roles[i], own[i], names[i], null)));

    // The same as in Identity, so that both find the same account.
    private static AuditEntry Entry(Caller caller, string action, Invitation invitation) =>
        AuditEntry.By(
            caller,
            action,
            new("invitation", $"{invitation.Id}", invitation.Email),
            after: new
            {
                Role = invitation.Role.Key,
                Communities = invitation.Communities.Select(c => new { Community = c.Community.Value, Role = c.Role.Key }),
            }
        );
}
