using System.Text.Json;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Variables;

/// <summary>Reads what an execution sees as <c>env</c>: the global variables of its community that its graph names, as they are when it starts.</summary>
public sealed class EnvironmentCapture(TenantDatabase database)
{
    /// <summary>A JSON object; undefined where no name is asked for, at no cost.</summary>
    internal async ValueTask<JsonElement> ReadAsync(TenantId tenant, CommunityId community, IReadOnlyList<string> names, CancellationToken ct) => names.Count == 0
        ? default
        : await database.QueryAsync(new TenantScope(tenant, CommunityScope.Of(community)), async (connection, cancel) =>
        {
            await using var command = new NpgsqlCommand("select name, value from automation.global_variables where community_id = $1 and name = any ($2)", connection)
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = community.Value }, new NpgsqlParameter<string[]> { TypedValue = [.. names] } },
            };
            var values = new Dictionary<string, JsonElement>();
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                values[reader.GetString(0)] = JsonElement.Parse((byte[])reader[1]);
            }

            return JsonSerializer.SerializeToElement(values);
        }, ct);
}
