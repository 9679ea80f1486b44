using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation.Events;

/// <summary>How long events are kept.</summary>
public sealed class EventOptions
{
    /// <summary>Days that an event is kept; 0 for ever. The versions of aggregates are kept for ever.</summary>
    public int RetentionDays { get; set; } = 90;
}

/// <summary>Forgets old events in small batches. Runs in any number of processes.</summary>
internal sealed partial class EventRetention(PostgresPools pools, EventOptions options, TimeProvider clock, ILogger<EventRetention> logger) : BackgroundService
{
    private const int AtOnce = 1_000;

    // A start has more urgent things to do.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>How many events were removed.</summary>
    internal async Task<int> PassAsync(CancellationToken ct)
    {
        var (removed, last) = (0, AtOnce);
        while (options.RetentionDays > 0 && last == AtOnce)
        {
            await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
            await using var command = new NpgsqlCommand("select automation.forget_events($1, $2)", connection);
            command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = clock.GetUtcNow().AddDays(-options.RetentionDays) });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = AtOnce });
            last = (int)(await command.ExecuteScalarAsync(ct))!;
            removed += last;
        }

        return removed;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(First, clock, stoppingToken);
            while (true)
            {
                try
                {
                    if (await PassAsync(stoppingToken) is > 0 and var removed)
                    {
                        Log.Removed(logger, removed);
                    }
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    Log.Failed(logger, e);
                }

                await Task.Delay(Every, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5301, Level = LogLevel.Information, Message = "Removed {Count} old events")]
        public static partial void Removed(ILogger logger, int count);

        [LoggerMessage(EventId = 5302, Level = LogLevel.Warning, Message = "Removing old events failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
