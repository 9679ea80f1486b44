using System.Data.Common;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Directory.Communities;

/// <summary>Shows and changes entities. All changes need <see cref="Permission.ManageCommunities"/> in the entity's community. Singleton.</summary>
public sealed class EntitiesHandler
{
    private const string WebChat = "web_chat";
    private const string Columns = "id, community_id, name, kind, created_at";

    private readonly TenantDatabase _database;
    private readonly AuditLog _audit;

    internal EntitiesHandler(TenantDatabase database, AuditLog audit) => (_database, _audit) = (database, audit);

    /// <summary>Returns the entities of the community, the oldest first.</summary>
    public Task<AccountsResult<AccountsList<Entity>>> ListAsync(Caller caller, CommunityId community, int skip, int take, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<AccountsList<Entity>>>(
            caller.Scope(),
            async (connection, token) =>
            {
                if (!await PlaceSql.SeesAsync(connection, community, token))
                {
                    return new AccountsError.NotFound("community");
                }

                await using var list = connection.Command(
                    $"select {Columns} from accounts.entities where community_id = $1 order by id offset $2 limit $3",
                    community.Value,
                    skip,
                    take
                );
                return new AccountsList<Entity>(
                    await list.ListAsync(Read, token),
                    await connection.CountAsync("accounts.entities where community_id = $1", [community.Value], token)
                );
            },
            ct
        );

    public Task<AccountsResult<Entity>> GetAsync(Caller caller, EntityId id, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<Entity>>(
            caller.Scope(),
            async (connection, token) => await FindAsync(connection, id, token) is { } entity ? entity : new AccountsError.NotFound("entity"),
            ct
        );

    /// <param name="kind"><c>web_chat</c>, also if null.</param>
    public Task<AccountsResult<Entity>> CreateAsync(Caller caller, CommunityId community, string? wanted, string? kind, CancellationToken ct) =>
        _database.QueryAsync<AccountsResult<Entity>>(
            caller.Scope(),
            async (connection, token) =>
            {
                var name = (wanted ?? "").Trim();
                if (await PlaceSql.RefuseAsync(connection, caller, Permission.ManageCommunities, community, token) is { } refusal)
                {
                    return refusal;
                }

                if ((PlaceSql.CheckName(name) ?? CheckKind(kind)) is { } invalid)
                {
                    return invalid;
                }

                await using var insert = connection.Command(
                    $"insert into accounts.entities (tenant_id, community_id, name, kind) values ($1, $2, $3, $4) returning {Columns}",
                    caller.TenantId.Value,
                    community.Value,
                    name,
                    WebChat
                );
                var made = (await insert.ListAsync(Read, token))[0];
                await _audit.WriteAsync(
                    connection,
                    AuditEntry.By(caller, AuditActions.EntityCreated, Target(made), after: new { made.Name, made.Kind }),
                    token
                );
                return made;
            },
            ct
        );

    public Task<AccountsResult<Entity>> RenameAsync(Caller caller, EntityId id, string? wanted, CancellationToken ct) =>
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

                await using var update = connection.Command("update accounts.entities set name = $2 where id = $1", id.Value, after.Name);
                await update.ExecuteNonQueryAsync(token);
                await _audit.WriteAsync(
                    connection,
                    AuditEntry.By(caller, AuditActions.EntityRenamed, Target(after), new { before.Name }, new { after.Name }),
                    token
                );
                return after;
            },
            ct
        );

    /// <summary>Deletes an entity with its chat and its archived workflows. Refused while it has other workflows or running executions.</summary>
    public Task<AccountsResult<Entity>> DeleteAsync(Caller caller, EntityId id, CancellationToken ct) =>
        ChangeAsync(
            caller,
            id,
            async (connection, before, token) =>
            {
                if (await PlaceSql.DeleteAsync(connection, before.Community, id, token) is { } refusal)
                {
                    return refusal;
                }

                await _audit.WriteAsync(
                    connection,
                    AuditEntry.By(caller, AuditActions.EntityDeleted, Target(before), new { before.Name, before.Kind }),
                    token
                );
                return before;
            },
            ct
        );

    private Task<AccountsResult<Entity>> ChangeAsync(
        Caller caller,
        EntityId id,
        Func<NpgsqlConnection, Entity, CancellationToken, Task<AccountsResult<Entity>>> change,
        CancellationToken ct
    ) =>
        _database.QueryAsync(
            caller.Scope(),
            async (connection, token) =>
            {
                if (await FindAsync(connection, id, token) is not { } entity)
                {
                    return new AccountsError.NotFound("entity");
                }

                return caller.May(Permission.ManageCommunities, entity.Community)
                    ? await change(connection, entity, token)
                    : new AccountsError.PermissionDenied(Permission.ManageCommunities);
            },
            ct
        );

    private static async Task<Entity?> FindAsync(NpgsqlConnection connection, EntityId id, CancellationToken ct)
    {
        await using var find = connection.Command($"select {Columns} from accounts.entities where id = $1", id.Value);
        return await find.ListAsync(Read, ct) is [var entity] ? entity : null;
    }

    private static AccountsError.Invalid? CheckKind(string? kind) =>
        kind is null or WebChat ? null : new AccountsError.Invalid(new Dictionary<string, string[]> { ["kind"] = [$"must be {WebChat}."] });

    private static AuditTarget Target(Entity entity) => new("entity", $"{entity.Id}", entity.Name);

    private static Entity Read(DbDataReader row) =>
        new(new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4));
}
