using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Communities;

/// <summary>Shows and changes communities. Singleton.</summary>
public sealed class CommunitiesHandler
{
    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;

    internal CommunitiesHandler(TenantDatabase database, AuditLog audit) => (_database, _audit) = (database, audit);

    /// <summary>Returns the caller's communities, the oldest first.</summary>
    public Task<AccountsList<Community>> ListAsync(Caller caller, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                await using var list = connection.Command(
                    "select id, name, created_at from accounts.communities order by id offset $1 limit $2",
                    skip,
                    take
                );
                return new AccountsList<Community>(await list.ListAsync(Read, token), await connection.CountAsync("accounts.communities", [], token));
            },
            ct
        );

    public Task<AccountsResult<Community>> GetAsync(Caller caller, CommunityId id, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<Community>>(
            caller.Scope(),
            async (connection, token) =>
                await FindAsync(connection, id, token) is { } community ? community : new AccountsError.NotFound("community"),
            ct
        );

    /// <summary>Creates an empty community. Needs <see cref="Permission.ManageCommunities"/> in the whole tenant.</summary>
    public async Task<AccountsResult<Community>> CreateAsync(Caller caller, string? wanted, CancellationToken ct)
    {
        var name = (wanted ?? "").Trim();
        if (!caller.May(Permission.ManageCommunities) || !caller.Communities.IsWholeTenant)
        {
            return new AccountsError.PermissionDenied(Permission.ManageCommunities);
        }

        if (PlaceSql.CheckName(name) is { } invalid)
        {
            return invalid;
        }

        return await _database.QueryAsync<AccountsResult<Community>>(
            caller.Scope(),
            async (connection, token) =>
            {
                await using var insert = connection.Command(
                    "insert into accounts.communities (tenant_id, name) values ($1, $2) returning id, name, created_at",
                    caller.TenantId.Value,
                    name
                );
                var made = (await insert.ListAsync(Read, token))[0];
                await _audit.WriteAsync(
                    connection,
                    AuditEntry.By(caller, AuditActions.CommunityCreated, Target(made), after: new { made.Name }),
                    token
                );
                return made;
            },
            ct
        );
    }

    /// <summary>Needs <see cref="Permission.ManageCommunities"/> there.</summary>
    public Task<AccountsResult<Community>> RenameAsync(Caller caller, CommunityId id, string? wanted, CancellationToken ct) =>
        ChangeAsync(
            caller,
            id,
            async (connection, before, token) =>
            {
                var after = before with { Name = (wanted ?? "").Trim() };
                if (PlaceSql.CheckName(after.Name) is { } invalid)
                {
                    return invalid;
                }

                await using var update = connection.Command("update accounts.communities set name = $2 where id = $1", id.Value, after.Name);
                await update.ExecuteNonQueryAsync(token);
                await _audit.WriteAsync(
                    connection,
                    AuditEntry.By(caller, AuditActions.CommunityRenamed, Target(after), new { before.Name }, new { after.Name }),
                    token
                );
                return after;
            },
            ct
        );

    /// <summary>
    /// Deletes a community with its entities, their chats and its archived workflows. Refused for the last community, and while it has other
    /// workflows or running executions. Needs <see cref="Permission.ManageCommunities"/> there.
    /// </summary>
    public Task<AccountsResult<Community>> DeleteAsync(Caller caller, CommunityId id, CancellationToken ct) =>
        ChangeAsync(
            caller,
            id,
            async (connection, before, token) =>
            {
                if (await PlaceSql.DeleteAsync(connection, id, null, token) is { } refusal)
                {
                    return refusal;
                }

                await _audit.WriteAsync(connection, AuditEntry.By(caller, AuditActions.CommunityDeleted, Target(before), new { before.Name }), token);
                return before;
            },
            ct
        );

    private Task<AccountsResult<Community>> ChangeAsync(
        Caller caller,
        CommunityId id,
        Func<NpgsqlConnection, Community, CancellationToken, Task<AccountsResult<Community>>> change,
        CancellationToken ct
    ) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                if (await FindAsync(connection, id, token) is not { } community)
                {
                    return new AccountsError.NotFound("community");
                }

                return caller.May(Permission.ManageCommunities, id)
                    ? await change(connection, community, token)
                    : new AccountsError.PermissionDenied(Permission.ManageCommunities);
            },
            ct
        );

    private static async Task<Community?> FindAsync(NpgsqlConnection connection, CommunityId id, CancellationToken ct)
    {
        await using var find = connection.Command("select id, name, created_at from accounts.communities where id = $1", id.Value);
        return await find.ListAsync(Read, ct) is [var community] ? community : null;
    }

    private static AuditTarget Target(Community community) => new("community", $"{community.Id}", community.Name);

    private static Community Read(DbDataReader row) => new(new(row.GetInt64(0)), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2));
}
