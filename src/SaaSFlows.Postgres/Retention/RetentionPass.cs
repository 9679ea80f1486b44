using Microsoft.Extensions.Logging;

namespace SaaSFlows.Postgres.Retention;

/// <summary>Keeps history as long as it must be kept and not much longer. Runs in any number of processes.</summary>
internal sealed partial class RetentionPass(HistoryRetention retention, ILogger<RetentionPass> logger)
{
    public async Task RunAsync(CancellationToken ct)
    {
        var removed = await retention.PassAsync(ct);
        if (removed != new Removed(0, 0))
        {
            Log.Removed(logger, removed.Weeks, removed.Executions);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 3221,
            Level = LogLevel.Information,
            Message = "Removed old history: {Weeks} partitions and {Executions} single executions"
        )]
        public static partial void Removed(ILogger logger, int weeks, long executions);
    }
}
