using System.Runtime.InteropServices;
using System.Text.Json;
using Npgsql;
using SaaSFlows.Activities.Data;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Variables;

/// <summary>Stores the variables that all executions of a community share, with the permissions of the execution's tenant and community.</summary>
internal sealed class GlobalVariables(TenantDatabase database, TimeProvider time) : IGlobalVariables
{
    private const int MostNames = 1_000;
    private const int MostBytes = 256 * 1024;

    // Writes of a community are serialized by the transaction that counts, so the limit holds.
    private const string WriteSql = """
        with wanted as (select * from unnest($2::text[], $3::bytea[]) as w (name, value)),
        written as (
            insert into automation.global_variables as g (tenant_id, community_id, name, value, written_by, updated_at)
            select tenancy.tenant(), $1, name, value, $4, $5 from wanted
            on conflict (community_id, name) do update
            set value = excluded.value, revision = g.revision + 1, written_by = excluded.written_by, updated_at = excluded.updated_at
            where g.written_by <> excluded.written_by
        )
        select 1
        """;

    public async ValueTask<JsonElement> ReadAsync(ExecutionRef execution, string name, CancellationToken ct) =>
        await database.QueryAsync(
            Scope(execution),
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    "select value from automation.global_variables where community_id = $1 and name = $2",
                    execution.Community.Value,
                    name.Replace('\0', '\uFFFD')
                );
                return await command.ExecuteScalarAsync(cancel) is byte[] value ? JsonElement.Parse(value) : default;
            },
            ct
        );

    public async ValueTask<ActivityResult.Failed?> WriteAsync(
        ExecutionRef execution,
        IReadOnlyList<KeyValuePair<string, JsonElement>> variables,
        string idempotencyKey,
        CancellationToken ct
    )
    {
        foreach (var (name, value) in variables)
        {
            if (name.Length is 0 or > 200 || name.Contains('\0', StringComparison.Ordinal))
            {
                return Refused(
                    "variable.bad_name",
                    $"A global variable cannot be called '{name.Replace('\0', '\uFFFD')}': a name has 1 to 200 characters."
                );
            }

            if (JsonMarshal.GetRawUtf8Value(value).Length is var bytes and > MostBytes)
            {
                return Refused("variable.too_large", $"Global variable '{name}' has {bytes:N0} bytes; the limit is {MostBytes:N0}.");
            }
        }

        var names = variables.Select(variable => variable.Key).ToArray();
        return await database.QueryAsync<ActivityResult.Failed?>(
            Scope(execution),
            async (connection, cancel) =>
            {
                await LockAsync(connection, execution.Community, cancel);
                if (await CountWithAsync(connection, execution.Community, names, cancel) > MostNames)
                {
                    return Refused("variable.too_many", $"A community can have {MostNames:N0} global variables. With this one it would have more.");
                }

                await using var write = connection.Command(
                    WriteSql,
                    execution.Community.Value,
                    names,
                    (byte[][])[.. variables.Select(variable => JsonMarshal.GetRawUtf8Value(variable.Value).ToArray())],
                    idempotencyKey,
                    time.GetUtcNow()
                );
                await write.ExecuteNonQueryAsync(cancel);
                return null;
            },
            ct
        );
    }

    private static TenantScope Scope(ExecutionRef execution) => new(execution.Tenant, CommunityScope.Of(execution.Community));

    private static async Task LockAsync(NpgsqlConnection connection, CommunityId community, CancellationToken ct)
    {
        await using var command = connection.Command(
            "select pg_advisory_xact_lock(hashtextextended('automation.global_variables', $1))",
            community.Value
        );
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<long> CountWithAsync(NpgsqlConnection connection, CommunityId community, string[] names, CancellationToken ct)
    {
        await using var command = connection.Command(
            "select count(*) + cardinality($2::text[]) - count(*) filter (where name = any ($2)) from automation.global_variables where "
                + "community_id = $1",
            community.Value,
            names
        );
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    private static ActivityResult.Failed Refused(string code, string message) => new(code, message, Retryable: false);
}
