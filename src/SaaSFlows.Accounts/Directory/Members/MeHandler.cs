using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Directory.Members;

/// <summary>Returns the caller. Singleton.</summary>
public sealed class MeHandler
{
    private readonly TenantDatabase _database;

    internal MeHandler(TenantDatabase database) => _database = database;

    /// <summary><see cref="AccountsError.TokenRefused"/> if the membership has ended since the token was made.</summary>
    public Task<AccountsResult<Me>> HandleAsync(Caller caller, CancellationToken ct) =>
        _database.QueryAsync(caller.Scope(), (connection, token) => ReadAsync(connection, caller, token), ct);

    // Row-level security shows the rows of the tenant and the caller's communities only, so the statements need no conditions for that.
    private static async Task<AccountsResult<Me>> ReadAsync(NpgsqlConnection connection, Caller caller, CancellationToken ct)
    {
        await using var identity = connection.Command(
            """
            select u.user_name, u.email, t.name, t.slug
            from accounts.memberships m join accounts.users u on u.id = m.user_id join accounts.tenants t on t.tenant_id = m.tenant_id
            where m.tenant_id = $1 and m.user_id = $2
            """,
            caller.TenantId.Value,
            caller.UserId.Value
        );
        var found = await identity.ListAsync(
            row =>
                (
                    User: new UserSummary(caller.UserId, row.GetString(0), row.GetString(1)),
                    Tenant: new TenantSummary(caller.TenantId, row.GetString(2), row.GetString(3))
                ),
            ct
        );
        if (found is not [var (user, tenant)])
        {
            return new AccountsError.TokenRefused();
        }

        await using var communities = connection.Command("select id, name from accounts.communities order by id");
        await using var entities = connection.Command("select id, community_id, name, kind from accounts.entities order by id");
        return new Me(
            user,
            tenant,
            await communities.ListAsync(row => new CommunitySummary(new(row.GetInt64(0)), row.GetString(1)), ct),
            await entities.ListAsync(row => new EntitySummary(new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetString(2), row.GetString(3)), ct),
            [.. caller.Permissions.Order(StringComparer.Ordinal)]
        );
    }
}
