using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Automation.Results;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.BrowserSources;

/// <summary>Makes, shows and removes the pages of entities.</summary>
public sealed class ManageBrowserSources(TenantDatabase database, AuditLog audit, TimeProvider time)
{
    private const int TokenBytes = 32;

    /// <summary>Creates the page of the entity. An existing page gets a new address, and the old address becomes invalid.</summary>
    public Task<Result<BrowserSource>> MakeAsync(Caller caller, EntityId entity, CancellationToken ct) =>
        RunAsync(
            caller,
            entity,
            Permission.UpdateWorkflows,
            async (connection, place, cancel) =>
            {
                var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
                var now = time.GetUtcNow();
                await using var put = connection.Command(
                    """
                    insert into automation.browser_sources (entity_id, tenant_id, community_id, token_hash, created_by, created_at)
                    values ($1, tenancy.tenant(), $2, $3, $4, $5)
                    on conflict (entity_id) do update set token_hash = excluded.token_hash, created_by = excluded.created_by,
                    created_at = excluded.created_at
                    """,
                    entity.Value,
                    place.Community.Value,
                    HashOf(token),
                    caller.UserId.Value,
                    now
                );
                await put.ExecuteNonQueryAsync(cancel);
                await audit.WriteAsync(connection, Entry(caller, AuditActions.BrowserSourceCreated, entity), cancel);
                return new BrowserSource(entity, now, token);
            },
            ct
        );

    public Task<Result<BrowserSource>> FindAsync(Caller caller, EntityId entity, CancellationToken ct) =>
        RunAsync(
            caller,
            entity,
            Permission.ReadWorkflows,
            async (connection, _, cancel) =>
                await CreatedAtAsync(connection, entity, cancel) is { } at
                    ? new BrowserSource(entity, at, null)
                    : new AutomationError.NotFound("browser_source"),
            ct
        );

    /// <summary>Deletes the page with its messages and ends its open streams.</summary>
    public Task<Result<BrowserSource>> RemoveAsync(Caller caller, EntityId entity, CancellationToken ct) =>
        RunAsync(
            caller,
            entity,
            Permission.UpdateWorkflows,
            async (connection, _, cancel) =>
            {
                if (await CreatedAtAsync(connection, entity, cancel) is not { } at)
                {
                    return new AutomationError.NotFound("browser_source");
                }

                await using var delete = connection.Command("delete from automation.browser_sources where entity_id = $1", entity.Value);
                await delete.ExecuteNonQueryAsync(cancel);
                await audit.WriteAsync(connection, Entry(caller, AuditActions.BrowserSourceDeleted, entity), cancel);
                return new BrowserSource(entity, at, null);
            },
            ct
        );

    internal static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private Task<Result<BrowserSource>> RunAsync(
        Caller caller,
        EntityId entity,
        string permission,
        Func<NpgsqlConnection, Place, CancellationToken, Task<Result<BrowserSource>>> work,
        CancellationToken ct
    ) =>
        database.RunAsync<Result<BrowserSource>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                if (await Places.FindAsync(db, null, entity, cancel) is not [var place])
                {
                    return new AutomationError.NotFound("entity");
                }

                return caller.May(permission, place.Community)
                    ? await work((NpgsqlConnection)db.Database.GetDbConnection(), place, cancel)
                    : new AutomationError.Forbidden(permission);
            },
            ct
        );

    private static async Task<DateTimeOffset?> CreatedAtAsync(NpgsqlConnection connection, EntityId entity, CancellationToken ct)
    {
        await using var find = connection.Command("select created_at from automation.browser_sources where entity_id = $1", entity.Value);
        return await find.ExecuteScalarAsync(ct) is DateTime at ? new DateTimeOffset(at) : null;
    }

    private static AuditEntry Entry(Caller caller, string action, EntityId entity) =>
        AuditEntry.By(caller, action, new("browser_source", entity.ToString()));
}
