using System.Text.Json;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Activities.Triggers;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation.Chat;

/// <summary>Enforces the cooldowns of commands over all processes.</summary>
internal sealed class Cooldowns(TenantDatabase database, TimeProvider time)
{
    // All or nothing: if one cooldown is running, the other one stays unchanged. A simultaneous call waits for the row and then sees the change.
    private const string EnterSql = """
        insert into automation.cooldowns as c (workflow_id, node_id, user_id, tenant_id, community_id, until)
        select $1, $2, r.user_id, tenancy.tenant(), $3, $4 + r.rest from unnest($5::uuid[], $6::interval[]) r (user_id, rest) order by r.user_id
        on conflict (workflow_id, node_id, user_id) do update set until = excluded.until where c.until <= $4
        """;

    private const string RestSql =
        "select max(until) from automation.cooldowns where workflow_id = $1 and node_id = $2 and user_id = any ($3) and until > $4";

    /// <summary>Begins the cooldowns of the trigger if none is running. Otherwise returns the time at which it can start again.</summary>
    public async Task<DateTimeOffset?> EnterAsync(Caller caller, TriggerRow trigger, CancellationToken ct)
    {
        var (forAll, forUser) = CommandMatch.Cooldowns(JsonElement.Parse(trigger.Config));
        List<(Guid User, TimeSpan Length)> rests = [];
        if (forAll > TimeSpan.Zero)
        {
            rests.Add((Guid.Empty, forAll));
        }

        if (forUser > TimeSpan.Zero)
        {
            rests.Add((caller.UserId.Value, forUser));
        }

        return rests.Count == 0
            ? null
            : await database.QueryAsync(caller.Scope(), (connection, cancel) => EnterAsync(connection, trigger, rests, cancel), ct);
    }

    private async Task<DateTimeOffset?> EnterAsync(
        NpgsqlConnection connection,
        TriggerRow trigger,
        List<(Guid User, TimeSpan Length)> rests,
        CancellationToken ct
    )
    {
        var now = time.GetUtcNow();
        await RunAsync(connection, "savepoint before_rests", ct);
        await using var enter = connection.Command(
            EnterSql,
            trigger.WorkflowId.Value,
            trigger.NodeId,
            trigger.CommunityId.Value,
            now,
            (Guid[])[.. rests.Select(rest => rest.User)],
            (TimeSpan[])[.. rests.Select(rest => rest.Length)]
        );
        if (await enter.ExecuteNonQueryAsync(ct) == rests.Count)
        {
            return null;
        }

        await RunAsync(connection, "rollback to savepoint before_rests", ct);
        await using var read = connection.Command(
            RestSql,
            trigger.WorkflowId.Value,
            trigger.NodeId,
            (Guid[])[.. rests.Select(rest => rest.User)],
            now
        );
        return await read.ExecuteScalarAsync(ct) is DateTime until ? new DateTimeOffset(until, TimeSpan.Zero) : now;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.Command(sql);
        await command.ExecuteNonQueryAsync(ct);
    }
}
