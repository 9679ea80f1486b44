using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Accounts.Directory.Communities;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Registry;

/// <summary>The services of a tenant that workflows call by name.</summary>
public sealed class ServiceRegistry(TenantDatabase database, AuditLog audit, TimeProvider time)
{
    /// <summary>The maximum number of services of a tenant.</summary>
    public const int Most = 500;

    private const int MaxName = 200;
    private const int MaxUrl = 2_000;

    private const string PutSql = """
        insert into automation.services as s (id, tenant_id, community_id, name, url, health_check_url, metadata, version, registered_by,
        registered_at, updated_at, next_check_at)
        values ($1, tenancy.tenant(), $2, $3, $4, $5, $6, $7, $8, $9, $9, $9)
        on conflict (tenant_id, community_id, name, url) do update set health_check_url = excluded.health_check_url, metadata = excluded.metadata,
        version = excluded.version,
            updated_at = excluded.updated_at, next_check_at = excluded.next_check_at,
            status = case when s.health_check_url = excluded.health_check_url then s.status else 'unknown' end,
            latency_ms = case when s.health_check_url = excluded.health_check_url then s.latency_ms end,
            last_error = case when s.health_check_url = excluded.health_check_url then s.last_error end,
            checked_at = case when s.health_check_url = excluded.health_check_url then s.checked_at end
        returning
        """;

    /// <summary>Registers a service, or changes the one with the same name and address in the same community.</summary>
    public async Task<Result<RegisteredService>> RegisterAsync(Caller caller, NewService wanted, CancellationToken ct)
    {
        if (Problems(wanted) is { Count: > 0 } problems)
        {
            return new AutomationError.BadInput(problems);
        }

        return await database.RunAsync<Result<RegisteredService>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                if (wanted.Community is { } named && await Places.CountSeenAsync(db, [named], cancel) == 0)
                {
                    return new AutomationError.NotFound("community");
                }

                if (!CommunityPlace.Of(caller, wanted.Community, Permission.UpdateWorkflows).IsOk(out var place, out var refused))
                {
                    return refused;
                }

                var connection = (NpgsqlConnection)db.Database.GetDbConnection();
                await using var count = connection.Command("select count(*) from automation.services where tenant_id = tenancy.tenant()");
                if ((long)(await count.ExecuteScalarAsync(cancel))! >= Most)
                {
                    return new AutomationError.Conflict("registry.full", $"A tenant registers at most {Most} services.");
                }

                var service = await PutAsync(connection, caller, wanted, place.Community, cancel);
                await audit.WriteAsync(db, Entry(caller, AuditActions.ServiceRegistered, service, after: State(service)), cancel);
                return service;
            },
            ct
        );
    }

    /// <summary>Returns a page of services by name, then the oldest first.</summary>
    /// <param name="status">Null for any.</param>
    public Task<Page<RegisteredService>> ListAsync(
        Caller caller,
        string? name,
        string? status,
        CommunityId? community,
        PageRequest page,
        CancellationToken ct
    ) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                const string Where = """
                    from automation.services s where s.tenant_id = tenancy.tenant()
                        and ($1::text is null or s.name = $1) and ($2::text is null or s.status = $2) and ($3::bigint is null or s.community_id = $3)
                    """;
                object?[] filter = [name, status, community?.Value];
                await using var count = connection.Command($"select count(*) {Where}", filter);
                var total = (long)(await count.ExecuteScalarAsync(cancel))!;
                await using var list = connection.Command(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"select {ServiceRows.Columns} {Where} order by s.name, s.id limit {page.Size} offset {page.Skip}"
                    ),
                    filter
                );
                return new Page<RegisteredService>(await ServiceRows.ReadAsync(list, cancel), page, total);
            },
            ct
        );

    /// <summary>Returns the health of all services that the caller can see.</summary>
    public async Task<RegistryHealth> HealthAsync(Caller caller, CancellationToken ct)
    {
        var services = await database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    $"select {ServiceRows.Columns} from automation.services s where s.tenant_id = tenancy.tenant() order by s.name, s.id"
                );
                return await ServiceRows.ReadAsync(command, cancel);
            },
            ct
        );
        return new(
            services.Count(service => service.Status == "healthy"),
            services.Count(service => service.Status == "unhealthy"),
            services.Count(service => service.Status == "unknown"),
            services
        );
    }

    /// <summary>Removes a service and returns it.</summary>
    public Task<Result<RegisteredService>> DeregisterAsync(Caller caller, ServiceId id, CancellationToken ct) =>
        database.RunAsync<Result<RegisteredService>>(
            caller.Scope(),
            async (db, cancel) =>
            {
                var connection = (NpgsqlConnection)db.Database.GetDbConnection();
                await using var find = connection.Command($"select {ServiceRows.Columns} from automation.services s where s.id = $1", id.Value);
                if (await ServiceRows.ReadAsync(find, cancel) is not [var service])
                {
                    return new AutomationError.NotFound("service");
                }

                // Only members with access to the whole tenant can change services of the tenant.
                if (
                    !(
                        service.Community is { } own
                            ? caller.May(Permission.UpdateWorkflows, own)
                            : caller.Communities.IsWholeTenant && caller.May(Permission.UpdateWorkflows)
                    )
                )
                {
                    return new AutomationError.Forbidden(Permission.UpdateWorkflows);
                }

                await using var delete = connection.Command("delete from automation.services where id = $1", id.Value);
                await delete.ExecuteNonQueryAsync(cancel);
                await audit.WriteAsync(db, Entry(caller, AuditActions.ServiceDeregistered, service, before: State(service)), cancel);
                return service;
            },
            ct
        );

    private async Task<RegisteredService> PutAsync(
        NpgsqlConnection connection,
        Caller caller,
        NewService wanted,
        CommunityId? place,
        CancellationToken ct
    )
    {
        var now = time.GetUtcNow();
        var url = wanted.Url!.TrimEnd('/');
        await using var put = connection.Command(
            $"{PutSql} {ServiceRows.Columns}",
            Guid.CreateVersion7(now),
            place?.Value,
            wanted.Name!,
            url,
            wanted.HealthCheckUrl ?? $"{url}/health",
            wanted.Metadata.ValueKind == JsonValueKind.Object ? JsonMarshal.GetRawUtf8Value(wanted.Metadata).ToArray() : "{}"u8.ToArray(),
            VersionOf(wanted.Metadata),
            caller.UserId.Value,
            now
        );
        return (await ServiceRows.ReadAsync(put, ct))[0];
    }

    private static Dictionary<string, string> Problems(NewService wanted)
    {
        var problems = new Dictionary<string, string>();
        if (string.IsNullOrWhiteSpace(wanted.Name) || WorkflowFields.TextProblem(wanted.Name, MaxName) is not null)
        {
            problems["service_name"] = $"is required: at most {MaxName} characters.";
        }
        else if (!NameText.IsVisibleId(wanted.Name))
        {
            problems["service_name"] = "must not contain invisible characters.";
        }

        foreach (var (field, url, needed) in new[] { ("service_url", wanted.Url, true), ("health_check_url", wanted.HealthCheckUrl, false) })
        {
            if (url is null ? needed : !IsAddress(url))
            {
                problems[field] =
                    $"{(needed ? "is required: it " : "")}must begin with http:// or https:// and a host, without user and password, and have at "
                    + $"most {MaxUrl} characters.";
            }
        }

        if (
            wanted.Metadata.ValueKind == JsonValueKind.Object
            && wanted.Metadata.TryGetProperty("version", out var version)
            && !(version.ValueKind == JsonValueKind.String && WorkflowFields.TextProblem(VersionOf(wanted.Metadata) ?? "\0", MaxName) is null)
        )
        {
            problems["metadata.version"] = "must be text.";
        }

        return problems;
    }

    private static bool IsAddress(string url) =>
        WorkflowFields.TextProblem(url, MaxUrl) is null
        && Uri.TryCreate(url, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.UserInfo.Length == 0;

    // Null also for half of a surrogate pair, which is not valid text.
    private static string? VersionOf(JsonElement metadata)
    {
        try
        {
            return
                metadata.ValueKind == JsonValueKind.Object
                && metadata.TryGetProperty("version", out var version)
                && version.ValueKind == JsonValueKind.String
                ? version.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static object State(RegisteredService service) =>
        new
        {
            service.Name,
            service.Url,
            service.HealthCheckUrl,
            service.Community,
        };

    private static AuditEntry Entry(Caller caller, string action, RegisteredService service, object? before = null, object? after = null) =>
        AuditEntry.By(caller, action, new("service", service.Id.ToString(), service.Name), before, after);
}
