using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Makes partitions before they are needed and forgets events that need not be remembered any more.</summary>
internal sealed partial class Housekeeping(PostgresPools pools, TimeProvider clock, ILogger<Housekeeping> logger)
{
    private const int AtOnce = 1_000;
    private const string PartitionsSql = "select engine.ensure_partitions($1, $2)";

    private const string ForgetSql = """
        with expired as (
            select tenant_id, source, event_key from engine.deduplication where expires_at <= $1 order by expires_at limit $2 for update skip locked
        )
        delete from engine.deduplication d using expired e where d.tenant_id = e.tenant_id and d.source = e.source and d.event_key = e.event_key
        """;

    // A webhook may be deleted while its last deliveries are accepted.
    private const string ForgetStartsSql =
        "delete from engine.webhook_starts s where not exists (select from engine.webhook_counters c where c.webhook_id = s.webhook_id)";

    private static readonly TimeSpan Ahead = TimeSpan.FromDays(28);

    internal async Task PassAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await pools.Engine.OpenConnectionAsync(ct);
        await using var partitions = new NpgsqlCommand(PartitionsSql, connection);
        partitions.Parameters.AddValue(now);
        partitions.Parameters.AddValue(now + Ahead);
        if (await partitions.ExecuteScalarAsync(ct) is > 0 and int made)
        {
            Log.MadePartitions(logger, made);
        }

        var (forgotten, last) = (0, AtOnce);
        while (last == AtOnce)
        {
            await using var forget = new NpgsqlCommand(ForgetSql, connection);
            forget.Parameters.AddValue(now);
            forget.Parameters.AddValue(AtOnce);
            last = await forget.ExecuteNonQueryAsync(ct);
            forgotten += last;
        }

        await using var starts = new NpgsqlCommand(ForgetStartsSql, connection);
        await starts.ExecuteNonQueryAsync(ct);
        if (forgotten > 0)
        {
            Log.ForgotEvents(logger, forgotten);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3211, Level = LogLevel.Information, Message = "Made {Count} partitions ahead")]
        public static partial void MadePartitions(ILogger logger, int count);

        [LoggerMessage(EventId = 3212, Level = LogLevel.Information, Message = "Forgot {Count} expired event keys")]
        public static partial void ForgotEvents(ILogger logger, int count);
    }
}
