using Microsoft.Extensions.Logging;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation.Events;

/// <summary>How long events are kept.</summary>
public sealed class EventOptions
{
    /// <summary>Days that an event is kept; 0 for ever. The versions of aggregates are kept for ever.</summary>
    public int RetentionDays { get; set; } = 90;
}

/// <summary>Deletes old events in small batches. Any number of processes can run it.</summary>
internal sealed partial class EventRetention(PostgresPools pools, EventOptions options, TimeProvider clock, ILogger<EventRetention> logger)
{
    private const int AtOnce = 1_000;

    /// <summary>Returns the number of deleted events.</summary>
    internal async Task<int> PassAsync(CancellationToken ct)
    {
        var (removed, last) = (0, AtOnce);
        while (options.RetentionDays > 0 && last == AtOnce)
        {
            await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
            await using var command = connection.Command(
                "select automation.forget_events($1, $2)",
                clock.GetUtcNow().AddDays(-options.RetentionDays),
                AtOnce
            );
            last = (int)(await command.ExecuteScalarAsync(ct))!;
            removed += last;
        }

        return removed;
    }

    /// <summary>Runs once, and logs a line if it deleted something.</summary>
    internal async Task RunAsync(CancellationToken ct)
    {
        if (await PassAsync(ct) is > 0 and var removed)
        {
            Log.Removed(logger, removed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5301, Level = LogLevel.Information, Message = "Removed {Count} old events")]
        public static partial void Removed(ILogger logger, int count);
    }
}
