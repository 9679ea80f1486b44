using System.Globalization;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Reads executions with the tenant's permissions.</summary>
public sealed class FindExecutions(TenantDatabase database)
{
    private const string Columns = """
        e.id, e.workflow_id, w.name, e.trigger, e.status, e.created_at, e.ended_at, e.nodes_executed, e.error_code, e.error_message, e.error_node,
        e.retry_of, e.retry_node, e.parent_execution_id, w.key
        """;

    // Counting and sorting stop at this number, because a tenant can have millions.
    private const int Countable = 10_000;

    private const string Join = "join automation.workflows w on w.id = e.workflow_id";
    private const string From = $"from engine.executions e {Join}";

    /// <summary>Returns an execution, or null if the caller can see none with this id.</summary>
    public Task<ExecutionSummary?> SummaryAsync(Caller caller, ExecutionId id, CancellationToken ct) =>
        database.QueryAsync(
            caller.Scope(),
            async (connection, cancel) =>
            {
                await using var command = connection.Command($"select {Columns} {From} where e.id = $1", id.Value);
                return (await ReadAsync(command, cancel)).SingleOrDefault();
            },
            ct
        );

    /// <summary>The newest retries of an execution.</summary>
    internal Task<IReadOnlyList<ExecutionId>> RetriesAsync(TenantScope scope, ExecutionId id, int max, CancellationToken ct) =>
        database.QueryAsync<IReadOnlyList<ExecutionId>>(
            scope,
            async (connection, cancel) =>
            {
                await using var command = connection.Command(
                    "select id from engine.executions where retry_of = $1 order by id desc limit $2",
                    id.Value,
                    max
                );
                var found = new List<ExecutionId>();
                await using var reader = await command.ExecuteReaderAsync(cancel);
                while (await reader.ReadAsync(cancel))
                {
                    found.Add(new(reader.GetGuid(0)));
                }

                return found;
            },
            ct
        );

    /// <summary>Returns the status of an execution, or null if it has been deleted.</summary>
    internal Task<(ExecutionStatus Status, DateTimeOffset StartedAt)?> StandingAsync(TenantScope scope, ExecutionId id, CancellationToken ct) =>
        database.QueryAsync<(ExecutionStatus, DateTimeOffset)?>(
            scope,
            async (connection, cancel) =>
            {
                await using var command = connection.Command("select status, created_at from engine.executions where id = $1", id.Value);
                await using var reader = await command.ExecuteReaderAsync(cancel);
                return await reader.ReadAsync(cancel) ? ((ExecutionStatus)reader.GetInt16(0), reader.GetFieldValue<DateTimeOffset>(1)) : null;
            },
            ct
        );

    /// <summary>
    /// Returns a page of executions. A workflow that the caller can't see is not found. The total is exact up to 10,000 or to the end of the next
    /// page, whichever is more, and cut there. Orders other than by start use the newest 10,000 matches.
    /// </summary>
    public Task<Result<Page<ExecutionSummary>>> ListAsync(
        Caller caller,
        ExecutionFilter filter,
        ExecutionOrder order,
        bool ascending,
        PageRequest page,
        CancellationToken ct
    ) =>
        database.QueryAsync<Result<Page<ExecutionSummary>>>(
            caller.Scope(),
            async (connection, cancel) =>
            {
                if (filter.Workflow is { } workflow && !await SeesAsync(connection, workflow, cancel))
                {
                    return new AutomationError.NotFound("workflow");
                }

                await using var count = new NpgsqlCommand(null, connection);
                var most = Math.Max(Countable, page.Skip + (2 * page.Size));
                count.CommandText = string.Create(
                    CultureInfo.InvariantCulture,
                    $"select count(*) from (select from engine.executions e {Where(count, filter)} order by e.id desc limit {most}) e"
                );
                var total = (long)(await count.ExecuteScalarAsync(cancel))!;

                await using var list = new NpgsqlCommand(null, connection);
                var byStart = order == ExecutionOrder.StartTime;
                var wanted = string.Create(CultureInfo.InvariantCulture, $"limit {page.Size} offset {page.Skip}");

                // Selected before the join. Otherwise the planner expects few executions of a tenant, and joins and sorts all of them.
                var chosen = byStart ? $"order by {OrderBy(order, ascending)} {wanted}" : $"order by e.id desc limit {Countable}";
                list.CommandText = $"""
                    select {Columns} from (select * from engine.executions e {Where(list, filter)} {chosen}) e {Join}
                    order by {OrderBy(order, ascending)} {(byStart ? "" : wanted)}
                    """;
                return new Page<ExecutionSummary>(await ReadAsync(list, cancel), page, total);
            },
            ct
        );

    private static async Task<bool> SeesAsync(NpgsqlConnection connection, WorkflowId workflow, CancellationToken ct)
    {
        await using var command = connection.Command("select exists (select from automation.workflows where id = $1)", workflow.Value);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    // The tenant is named in addition to the policy, so that its index is used.
    private static string Where(NpgsqlCommand command, ExecutionFilter filter)
    {
        var conditions = new List<string> { "e.tenant_id = tenancy.tenant()" };
        if (filter.Workflow is { } workflow)
        {
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = workflow.Value });
            conditions.Add($"e.workflow_id = ${command.Parameters.Count}");
        }

        if (filter.Community is { } community)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = community.Value });
            conditions.Add($"e.community_id = ${command.Parameters.Count}");
        }

        if (filter.Status == ExecutionStatus.Running)
        {
            // Waiting executions have begun and not ended, so they count as running.
            conditions.Add($"e.status in ({(short)ExecutionStatus.Running}, {(short)ExecutionStatus.Waiting})");
        }
        else if (filter.Status is { } status)
        {
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = (short)status });
            conditions.Add($"e.status = ${command.Parameters.Count}");
        }

        if (filter.RetryOf is { } retried)
        {
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = retried.Value });
            conditions.Add($"e.retry_of = ${command.Parameters.Count}");
        }

        if (filter.Parent is { } parent)
        {
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = parent.Value });
            conditions.Add($"e.parent_execution_id = ${command.Parameters.Count}");
        }

        return "where " + string.Join(" and ", conditions);
    }

    // Ids are UUIDv7: their order is the order of the starts, and the order of the partitions.
    private static string OrderBy(ExecutionOrder order, bool ascending)
    {
        var direction = ascending ? "asc" : "desc";
        return order switch
        {
            ExecutionOrder.StartTime => $"e.id {direction}",
            ExecutionOrder.Status => $"e.status {direction}, e.id desc",
            ExecutionOrder.ExecutionTime => $"coalesce(e.ended_at, now()) - e.created_at {direction}, e.id desc",
        };
    }

    private static async Task<List<ExecutionSummary>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        var found = new List<ExecutionSummary>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found.Add(
                new ExecutionSummary(
                    new ExecutionId(reader.GetGuid(0)),
                    new WorkflowId(reader.GetGuid(1)),
                    reader.GetString(14),
                    reader.GetString(2),
                    reader.GetString(3),
                    (ExecutionStatus)reader.GetInt16(4),
                    reader.GetFieldValue<DateTimeOffset>(5),
                    reader.IsDBNull(6) ? null : reader.GetFieldValue<DateTimeOffset>(6),
                    reader.GetInt32(7),
                    reader.IsDBNull(8) ? null : reader.GetString(8),
                    reader.IsDBNull(9) ? null : reader.GetString(9),
                    reader.IsDBNull(10) ? null : reader.GetString(10),
                    reader.IsDBNull(11) ? null : new ExecutionId(reader.GetGuid(11)),
                    reader.IsDBNull(12) ? null : new NodeId(reader.GetString(12)),
                    reader.IsDBNull(13) ? null : new ExecutionId(reader.GetGuid(13))
                )
            );
        }

        return found;
    }
}
