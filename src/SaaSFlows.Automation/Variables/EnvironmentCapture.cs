using System.Text.Json;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Variables;

/// <summary>
/// Captures the environment of an execution at its start: the global variables that its graph names, and the names of workflow and tenant.
/// </summary>
public sealed class EnvironmentCapture(TenantDatabase database)
{
    /// <summary>Returns a JSON object with <c>workflow</c> and <c>tenant</c>; undefined, without a query, if the graph names neither.</summary>
    internal async ValueTask<JsonElement> PlaceAsync(
        TenantId tenant,
        CommunityId community,
        WorkflowId workflow,
        IReadOnlyList<string> asked,
        CancellationToken ct
    ) =>
        asked.Count == 0
            ? default
            : await database.QueryAsync(
                new TenantScope(tenant, CommunityScope.Of(community)),
                async (connection, cancel) =>
                {
                    await using var command = connection.Command(
                        "select w.name, t.slug, t.name from automation.workflows w join accounts.tenants t on t.tenant_id = w.tenant_id where "
                            + "w.id = $1",
                        workflow.Value
                    );
                    await using var reader = await command.ExecuteReaderAsync(cancel);
                    return await reader.ReadAsync(cancel)
                        ? JsonSerializer.SerializeToElement(
                            new
                            {
                                workflow = new { name = reader.GetString(0) },
                                tenant = new { slug = reader.GetString(1), name = reader.GetString(2) },
                            }
                        )
                        : default;
                },
                ct
            );

    /// <summary>Returns a JSON object; undefined, without a query, if the graph names no variable.</summary>
    internal async ValueTask<JsonElement> ReadAsync(TenantId tenant, CommunityId community, IReadOnlyList<string> names, CancellationToken ct) =>
        names.Count == 0
            ? default
            : await database.QueryAsync(
                new TenantScope(tenant, CommunityScope.Of(community)),
                async (connection, cancel) =>
                {
                    await using var command = connection.Command(
                        "select name, value from automation.global_variables where community_id = $1 and name = any ($2)",
                        community.Value,
                        (string[])[.. names]
                    );
                    var values = new Dictionary<string, JsonElement>();
                    await using var reader = await command.ExecuteReaderAsync(cancel);
                    while (await reader.ReadAsync(cancel))
                    {
                        values[reader.GetString(0)] = JsonElement.Parse((byte[])reader[1]);
                    }

                    return JsonSerializer.SerializeToElement(values);
                },
                ct
            );
}
