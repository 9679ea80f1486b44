using Npgsql;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Retention;

/// <summary>Removes what is older than it must be kept. Never an execution that has not ended.</summary>
internal sealed class HistoryRetention(PostgresPools pools, RetentionOptions options, TimeProvider clock)
{
    private const int AtOnce = 500;

    // Of each second that deletes take, four are left to others.
    private const int Restraint = 4;

    private const string WeeksSql = """
        select to_date(right(c.relname, 7), 'IYYY"w"IW')
        from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
        where i.inhparent = $1::regclass
        order by 1
        """;

    private const string DropSql = "select engine.drop_week($1, $2)";
    private const string DeleteSql = "select deleted, last from engine.delete_ended(coalesce($1, engine.uuid_at($2)), engine.uuid_at($3), $4)";

    /// <summary>One pass over all that is old. A week whose lock could not be had is left to the next pass.</summary>
    public async Task<Removed> PassAsync(CancellationToken ct)
    {
        var (weeks, executions) = (0, 0L);
        foreach (var week in await OldWeeksAsync("engine.executions", options.Days, ct))
        {
            if (await DropAsync(week, usage: false, ct) is { } dropped)
            {
                weeks += dropped ? 1 : 0;
                executions += dropped ? 0 : await DeleteAsync(week, ct);
            }
        }

        foreach (var week in await OldWeeksAsync("engine.usage_facts", options.UsageDays, ct))
        {
            weeks += await DropAsync(week, usage: true, ct) is true ? 1 : 0;
        }

        return new(weeks, executions);
    }

    private async Task<IReadOnlyList<DateOnly>> OldWeeksAsync(string table, int days, CancellationToken ct)
    {
        if (days <= 0)
        {
            return [];
        }

        var oldest = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-days);
        await using var connection = await pools.Engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(WeeksSql, connection);
        command.Parameters.AddValue(table);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var weeks = new List<DateOnly>();
        while (await reader.ReadAsync(ct))
        {
            weeks.Add(reader.GetFieldValue<DateOnly>(0));
        }

        return weeks.FindAll(week => week.AddDays(7) <= oldest);
    }

    /// <summary>False: something in it lives. Null: others use the tables at this moment.</summary>
    private async Task<bool?> DropAsync(DateOnly week, bool usage, CancellationToken ct)
    {
        await using var connection = await pools.Engine.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand(DropSql, connection);
        command.Parameters.AddValue(week);
        command.Parameters.AddValue(usage);
        try
        {
            return (bool)(await command.ExecuteScalarAsync(ct))!;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return null;
        }
    }

    private async Task<long> DeleteAsync(DateOnly week, CancellationToken ct)
    {
        var from = new DateTimeOffset(week, TimeOnly.MinValue, TimeSpan.Zero);
        var (total, last) = (0L, (Guid?)null);
        while (true)
        {
            var start = clock.GetTimestamp();
            await using (var connection = await pools.Engine.OpenConnectionAsync(ct))
            {
                await using var command = new NpgsqlCommand(DeleteSql, connection);
                command.Parameters.AddValue(last);
                command.Parameters.AddValue(from);
                command.Parameters.AddValue(from.AddDays(7));
                command.Parameters.AddValue(AtOnce);
                await using var reader = await command.ExecuteReaderAsync(ct);
                await reader.ReadAsync(ct);
                total += reader.GetInt64(0);
                last = reader.IsDBNull(1) ? null : reader.GetGuid(1);
                if (reader.GetInt64(0) < AtOnce)
                {
                    return total;
                }
            }

            await Task.Delay(clock.GetElapsedTime(start) * Restraint, clock, ct);
        }
    }
}

/// <summary>What a pass removed.</summary>
/// <param name="Weeks">Partitions with all that was in them.</param>
/// <param name="Executions">Single executions out of weeks in which another one still lives.</param>
internal sealed record Removed(int Weeks, long Executions);
