using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Endings;

/// <summary>Calls the handlers of stored endings: at once after an end in this process, otherwise within a second.</summary>
internal sealed partial class EndingService(
    EndingQueue endings,
    IEnumerable<IEndingHandler> handlers,
    JournalFeed feed,
    ILogger<EndingService> logger
) : BackgroundService
{
    private const int AtOnce = 100;
    private const int Width = 8;

    // Four minutes after the end, with the pauses between.
    private const int MaxTries = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly IEndingHandler[] _handlers = [.. handlers];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ended = feed.Subscribe(FeedTopic.Endings);
        try
        {
            while (true)
            {
                if (await PassAsync(stoppingToken) < AtOnce)
                {
                    await ended.NextAsync(FeedSubscription.LongestWait, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process is stopping. Another process, or the next start, continues with the taken endings.
        }
    }

    private async Task<int> PassAsync(CancellationToken ct)
    {
        try
        {
            var claimed = await endings.ClaimAsync(AtOnce, Patience, ct);
            await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = Width, CancellationToken = ct }, HandleAsync);
            return claimed.Count;
        }
        catch (Exception error) when (error is Npgsql.NpgsqlException or TimeoutException)
        {
            Log.PassFailed(logger, error);
            return 0;
        }
    }

    // Each kind separately, so that a failing one does not block the others.
    private async ValueTask HandleAsync(Ending ending, CancellationToken ct)
    {
        var isDone = true;
        foreach (var handler in _handlers)
        {
            isDone &= !ending.Flags.HasFlag(handler.Flag) || await TryAsync(handler, ending, ct);
        }

        if (isDone)
        {
            await endings.DoneAsync(ending.Execution, ct);
            return;
        }

        var pause = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(ending.Attempt, 10)));
        await endings.LaterAsync(ending.Execution, pause < LongestPause ? pause : LongestPause, ct);
    }

    private async Task<bool> TryAsync(IEndingHandler handler, Ending ending, CancellationToken ct)
    {
        try
        {
            await handler.HandleAsync(ending, ct);
            return true;
        }
#pragma warning disable CA1031 // Whatever broke: the others go on, and this one is tried again.
        catch (Exception error) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.HandlingFailed(logger, error, handler.Flag, ending.Execution, ending.Attempt);
            return ending.Attempt >= MaxTries && await TryGiveUpAsync(handler, ending, ct);
        }
    }

    private async Task<bool> TryGiveUpAsync(IEndingHandler handler, Ending ending, CancellationToken ct)
    {
        try
        {
            if (!await handler.TryGiveUpAsync(ending, ct))
            {
                return false;
            }

            Log.GivenUp(logger, handler.Flag, ending.Execution, ending.Attempt);
            return true;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception error) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.HandlingFailed(logger, error, handler.Flag, ending.Execution, ending.Attempt);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "Looking for ended executions failed; it is tried again")]
        public static partial void PassFailed(ILogger logger, Exception error);

        [LoggerMessage(
            EventId = 5002,
            Level = LogLevel.Warning,
            Message = "{Kind} after the end of execution {ExecutionId} failed at attempt {Attempt}; it is tried again"
        )]
        public static partial void HandlingFailed(ILogger logger, Exception error, EndingFlags kind, ExecutionId executionId, int attempt);

        [LoggerMessage(
            EventId = 5003,
            Level = LogLevel.Error,
            Message = "{Kind} after the end of execution {ExecutionId} failed {Attempt} times and is given up"
        )]
        public static partial void GivenUp(ILogger logger, EndingFlags kind, ExecutionId executionId, int attempt);
    }
}
