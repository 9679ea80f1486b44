using Npgsql;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Finds out whether a sub-workflow would wait for a place that only becomes free when it has ended itself.</summary>
internal static class NestedPlaces
{
    private const string HeldSql = """
        with recursive chain as (
            select id, parent_execution_id as parent, parent_bookmark_id as waits from engine.executions where id = $1 and tenant_id = $2
            union all
            select e.id, e.parent_execution_id, e.parent_bookmark_id from chain c join engine.executions e on e.id = c.parent
            where c.waits is not null
        )
        select l.execution_id, l.workflow_id from chain c join engine.line l on l.execution_id = c.id where l.running
        """;

    // Two that come at the same moment must see each other. Taken after the lock of the workflow, always in this order.
    private const string LockSql = "select pg_advisory_xact_lock(hashtextextended($1::text, 9))";

    // From line to line: who holds a place in one has something below it that waits in the next.
    private const string CircleSql = """
        with recursive reached (workflow_id) as (
            select $2::uuid
            union
            select l.workflow_id from reached r join engine.line l on l.tenant_id = $1 and l.under @> array[r.workflow_id] and not l.running
        )
        select exists (select from reached where workflow_id = any ($3::uuid[]))
        """;

    /// <summary>The places that those hold who wait for the child, and their workflows. Empty without a parent that waits.</summary>
    public static async Task<(Guid[] Executions, Guid[] Workflows)> HeldAboveAsync(NpgsqlConnection connection, TenantId tenant, ParentLink? parent)
    {
        if (parent is not { Bookmark: not null })
        {
            return ([], []);
        }

        await using var command = new NpgsqlCommand(HeldSql, connection);
        command.Parameters.AddValue(parent.Execution.Value);
        command.Parameters.AddValue(tenant.Value);
        var (executions, workflows) = (new List<Guid>(), new HashSet<Guid>());
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
        {
            executions.Add(reader.GetGuid(0));
            workflows.Add(reader.GetGuid(1));
        }

        return ([.. executions], [.. workflows]);
    }

    /// <summary>Whether waiting in the workflow's line could close a circle of waits. The answer holds until the transaction ends.</summary>
    public static async Task<bool> WouldCircleAsync(NpgsqlConnection connection, TenantId tenant, WorkflowId workflow, Guid[] heldAbove)
    {
        await using var take = new NpgsqlCommand(LockSql, connection);
        take.Parameters.AddValue(tenant.Value);
        await take.ExecuteNonQueryAsync(CancellationToken.None);

        await using var command = new NpgsqlCommand(CircleSql, connection);
        command.Parameters.AddValue(tenant.Value);
        command.Parameters.AddValue(workflow.Value);
        command.Parameters.AddValue(heldAbove);
        return (bool)(await command.ExecuteScalarAsync(CancellationToken.None))!;
    }
}
