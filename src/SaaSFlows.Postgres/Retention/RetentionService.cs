using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SaaSFlows.Postgres.Retention;

/// <summary>Keeps history as long as it must be kept and not much longer. Runs in any number of processes.</summary>
internal sealed partial class RetentionService(HistoryRetention retention, TimeProvider clock, ILogger<RetentionService> logger) : BackgroundService
{
    // A start has more urgent things to do.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(First, clock, stoppingToken);
            while (true)
            {
                await PassAsync(stoppingToken);
                await Task.Delay(Every, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task PassAsync(CancellationToken ct)
    {
        try
        {
            var removed = await retention.PassAsync(ct);
            if (removed != new Removed(0, 0))
            {
                Log.Removed(logger, removed.Weeks, removed.Executions);
            }
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException)
        {
            Log.Failed(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3221, Level = LogLevel.Information, Message = "Removed old history: {Weeks} partitions and {Executions} single executions")]
        public static partial void Removed(ILogger logger, int weeks, long executions);

        [LoggerMessage(EventId = 3222, Level = LogLevel.Warning, Message = "Removing old history failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
