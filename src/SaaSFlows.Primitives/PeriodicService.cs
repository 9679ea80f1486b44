using System.Data.Common;
using Microsoft.Extensions.Hosting;

namespace SaaSFlows.Primitives;

/// <summary>
/// Does a pass again and again as long as the process lives. A database that is away only delays the next pass; any other exception is a bug, and
/// ends the process.
/// </summary>
/// <param name="every">The pause between two passes.</param>
/// <param name="retryAfter">The pause after a pass that failed.</param>
public abstract class PeriodicService(TimeSpan every, TimeSpan retryAfter, TimeProvider clock) : BackgroundService
{
    /// <summary>What the pauses are measured with.</summary>
    protected TimeProvider Clock => clock;

    /// <summary>One pass.</summary>
    protected abstract Task RunAsync(CancellationToken ct);

    /// <summary>Says that a pass failed.</summary>
    protected abstract void LogFailure(Exception error);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(await PauseAfterPassAsync(stoppingToken), clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<TimeSpan> PauseAfterPassAsync(CancellationToken ct)
    {
        try
        {
            await RunAsync(ct);
            return every;
        }
        catch (Exception error) when (error is DbException or TimeoutException)
        {
            LogFailure(error);
            return retryAfter;
        }
    }
}
