namespace SaaSFlows.Host.Operations;

/// <summary>Keeps everything running for a moment after this process has begun to say that it is not ready any more.</summary>
internal sealed partial class DrainDelay(ShutdownOptions options, TimeProvider time, ILogger<DrainDelay> logger) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        Log.Draining(logger, options.Delay.TotalSeconds);
        await Task.Delay(options.Delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 1010,
            Level = LogLevel.Information,
            Message = "Ending: not ready any more, and taking requests for {Seconds} s more"
        )]
        public static partial void Draining(ILogger logger, double seconds);
    }
}
