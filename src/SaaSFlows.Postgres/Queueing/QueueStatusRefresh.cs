using Microsoft.Extensions.Hosting;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>
/// Reads what waits every five seconds, as long as somebody scrapes metrics. So a scrape itself asks the database nothing, and answers at once also
/// while the database is away.
/// </summary>
public sealed class QueueStatusRefresh : BackgroundService
{
    // Longer than any usual time between two scrapes.
    private static readonly TimeSpan Watched = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private readonly QueueStatus _queue;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _begin = new(0, 1);
    private long _wantedAt;

    internal QueueStatusRefresh(QueueStatus queue, TimeProvider clock) => (_queue, _clock) = (queue, clock);

    /// <summary>Tells that somebody looks at the gauges. They show values a moment after the first call.</summary>
    public void Want()
    {
        if (Interlocked.Exchange(ref _wantedAt, _clock.GetTimestamp()) == 0)
        {
            _begin.Release();
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _begin.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _begin.WaitAsync(stoppingToken);
                while (_clock.GetElapsedTime(Volatile.Read(ref _wantedAt)) < Watched)
                {
                    await ((Task)_queue.CurrentAsync(stoppingToken)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    await Task.Delay(Every, _clock, stoppingToken);
                }

                Volatile.Write(ref _wantedAt, 0);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }
}
