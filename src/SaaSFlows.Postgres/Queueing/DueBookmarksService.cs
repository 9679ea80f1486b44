using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SaaSFlows.Postgres.Journaling;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Looks for due bookmarks when the next one is due, at least every second. Runs in any number of processes.</summary>
internal sealed partial class DueBookmarksService(DueBookmarks bookmarks, DueClock expected, TimeProvider clock, ILogger<DueBookmarksService> logger)
    : BackgroundService
{
    private const int AtOnce = 500;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    // A bookmark that is due but locked by an append is tried again after this, not in a spin.
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var changed = expected.Changed;
            var pause = await PassAsync(stoppingToken);
            await WaitAsync(pause, changed, stoppingToken);
        }
    }

    private async Task<TimeSpan> PassAsync(CancellationToken ct)
    {
        try
        {
            var (fired, next) = await bookmarks.FireAsync(AtOnce, ct);
            if (fired > 0)
            {
                Log.Fired(logger, fired);
            }

            if (fired == AtOnce)
            {
                return TimeSpan.Zero;
            }

            var wait = (next ?? DateTimeOffset.MaxValue) - clock.GetUtcNow();
            return wait > Poll ? Poll
                : wait < Breath ? Breath
                : wait;
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException)
        {
            Log.Failed(logger, e);
            return Poll;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
    }

    private async Task WaitAsync(TimeSpan pause, Task changed, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(Task.Delay(pause, clock, over.Token), changed);
        await over.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3201, Level = LogLevel.Debug, Message = "Fired {Count} due bookmarks")]
        public static partial void Fired(ILogger logger, int count);

        [LoggerMessage(EventId = 3202, Level = LogLevel.Warning, Message = "Looking for due bookmarks failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
