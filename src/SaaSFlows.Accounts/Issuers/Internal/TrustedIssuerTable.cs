using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers.Internal;

/// <summary>The trusts of the tenant of the connection.</summary>
internal static class TrustedIssuerTable
{
    private const string Select = """
        select i.id, i.name, i.issuer, i.audience, i.jwks_uri, i.algorithms, i.user_claim, i.permissions, i.everyone_else, i.created_at, i.updated_at,
            array(select subject from accounts.trusted_subjects s where s.tenant_id = i.tenant_id and s.trusted_issuer_id = i.id
            order by subject collate "C"),
            array(select user_id from accounts.trusted_subjects s where s.tenant_id = i.tenant_id and s.trusted_issuer_id = i.id
            order by subject collate "C")
        from accounts.trusted_issuers i
        """;

    public static async Task<IReadOnlyList<TrustedIssuer>> ListAsync(NpgsqlConnection connection, int skip, int take, CancellationToken ct)
    {
        await using var list = connection.Command(Select + " order by lower(i.name), i.id offset $1 limit $2", skip, take);
        return await list.ListAsync(Read, ct);
    }

    public static async Task<long> CountAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var count = connection.Command("select count(*) from accounts.trusted_issuers");
        return (long)(await count.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Locked, so that the second of two simultaneous changes builds on the first.</summary>
    public static async Task<TrustedIssuer?> FindAsync(NpgsqlConnection connection, TrustedIssuerId id, CancellationToken ct)
    {
        await using var find = connection.Command(Select + " where i.id = $1 for update of i", id.Value);
        return (await find.ListAsync(Read, ct)).SingleOrDefault();
    }

    public static async Task InsertAsync(NpgsqlConnection connection, Caller caller, TrustedIssuer trust, CancellationToken ct)
    {
        await using var insert = connection.Command(
            """
            insert into accounts.trusted_issuers
                (id, tenant_id, name, issuer, audience, jwks_uri, algorithms, user_claim, permissions, everyone_else, created_by, created_at,
                updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """,
            trust.TrustedIssuerId.Value,
            caller.TenantId.Value,
            trust.Name,
            trust.Issuer,
            trust.Audience,
            (object?)trust.JwksUri ?? DBNull.Value,
            trust.Algorithms.ToArray(),
            trust.UserClaim,
            trust.Permissions.ToArray(),
            (object?)trust.EveryoneElse?.Value ?? DBNull.Value,
            caller.UserId.Value,
            trust.CreatedAt,
            trust.UpdatedAt
        );
        await insert.ExecuteNonQueryAsync(ct);
        await WriteSubjectsAsync(connection, caller, trust, ct);
    }

    public static async Task UpdateAsync(NpgsqlConnection connection, Caller caller, TrustedIssuer trust, CancellationToken ct)
    {
        await using var update = connection.Command(
            """
            update accounts.trusted_issuers set name = $2, issuer = $3, audience = $4, jwks_uri = $5, algorithms = $6, user_claim = $7,
            permissions = $8, everyone_else = $9,
                updated_at = $10 where id = $1
            """,
            trust.TrustedIssuerId.Value,
            trust.Name,
            trust.Issuer,
            trust.Audience,
            (object?)trust.JwksUri ?? DBNull.Value,
            trust.Algorithms.ToArray(),
            trust.UserClaim,
            trust.Permissions.ToArray(),
            (object?)trust.EveryoneElse?.Value ?? DBNull.Value,
            trust.UpdatedAt
        );
        await using var forget = connection.Command(
            "delete from accounts.trusted_subjects where trusted_issuer_id = $1",
            trust.TrustedIssuerId.Value
        );
        await update.ExecuteNonQueryAsync(ct);
        await forget.ExecuteNonQueryAsync(ct);
        await WriteSubjectsAsync(connection, caller, trust, ct);
    }

    public static async Task DeleteAsync(NpgsqlConnection connection, TrustedIssuerId id, CancellationToken ct)
    {
        await using var delete = connection.Command("delete from accounts.trusted_issuers where id = $1", id.Value);
        await delete.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Returns the members among the users, with their roles.</summary>
    public static async Task<IReadOnlyDictionary<UserId, (MemberRole Role, bool IsServiceAccount)>> MembersAsync(
        NpgsqlConnection connection,
        IReadOnlyCollection<UserId> users,
        CancellationToken ct
    )
    {
        await using var find = connection.Command(
            """
            select m.user_id, m.role, m.role_id, r.name, r.permissions, u.is_service_account
            from accounts.memberships m join accounts.users u on u.id = m.user_id
                left join accounts.roles r on r.tenant_id = m.tenant_id and r.id = m.role_id
            where m.user_id = any ($1)
            """,
            (object)users.Select(user => user.Value).ToArray()
        );
        var rows = await find.ListAsync(
            row =>
                (
                    User: new UserId(row.GetGuid(0)),
                    Role: MemberRole.Read(row.GetString(1), row.GetValue(2) as Guid?, row.GetValue(3) as string, row.GetValue(4) as string[]),
                    IsServiceAccount: row.GetBoolean(5)
                ),
            ct
        );
        return rows.ToDictionary(row => row.User, row => (row.Role, row.IsServiceAccount));
    }

    private static async Task WriteSubjectsAsync(NpgsqlConnection connection, Caller caller, TrustedIssuer trust, CancellationToken ct)
    {
        await using var insert = connection.Command(
            "insert into accounts.trusted_subjects (tenant_id, trusted_issuer_id, subject, user_id) select $1, $2, * from unnest($3::text[], "
                + "$4::uuid[])",
            caller.TenantId.Value,
            trust.TrustedIssuerId.Value,
            trust.Subjects.Select(one => one.Subject).ToArray(),
            trust.Subjects.Select(one => one.User?.Value).ToArray()
        );
        await insert.ExecuteNonQueryAsync(ct);
    }

    private static TrustedIssuer Read(DbDataReader row) =>
        new(
            new(row.GetGuid(0)),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            row.GetValue(4) as string,
            row.GetFieldValue<string[]>(5),
            row.GetString(6),
            row.GetFieldValue<string[]>(7),
            [
                .. row.GetFieldValue<string[]>(11)
                    .Zip(row.GetFieldValue<Guid?[]>(12), (subject, user) => new TrustedSubject(subject, user is { } id ? new UserId(id) : null)),
            ],
            row.GetValue(8) is Guid everyone ? new UserId(everyone) : null,
            row.GetFieldValue<DateTimeOffset>(9),
            row.GetFieldValue<DateTimeOffset>(10)
        );
}
