using System.Diagnostics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Automation.Deliveries;
using SaaSFlows.Host.Configuration;

namespace SaaSFlows.Host.Operations;

/// <summary>
/// Rehearses deliveries between the start and «ready»: else the first callers wait while their way is compiled and its statements are planned. A
/// delivery to a webhook that does not exist walks the wire, <see cref="Rehearsal"/> all that is behind it; neither leaves anything.
/// </summary>
internal sealed partial class WarmUp(
    Rehearsal rehearsal,
    WarmUpOptions options,
    IServer server,
    GrpcEndpoint grpc,
    RehearsalMark mark,
    ILogger<WarmUp> logger
) : IHostedLifecycleService
{
    private const int AtOnce = 8;
    private const string Path = "/api/v1/workflows/webhooks/warm-up";

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // After everything has started, and before the lifetime says so.
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Time <= TimeSpan.Zero)
        {
            return;
        }

        var start = Stopwatch.GetTimestamp();
        var left = options.Deliveries;
        using var client = new HttpClient { BaseAddress = Address(), Timeout = options.Time };
        client.DefaultRequestHeaders.Add(RehearsalMark.Header, mark.Value);
        await Task.WhenAll(
                Enumerable
                    .Range(0, AtOnce)
                    .Select(async _ =>
                    {
                        while (
                            Interlocked.Decrement(ref left) >= 0
                            && Stopwatch.GetElapsedTime(start) < options.Time
                            && !cancellationToken.IsCancellationRequested
                        )
                        {
                            await OnceAsync(client, cancellationToken);
                        }
                    })
            )
            .WaitAsync(options.Time * 2, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var (done, took) = (options.Deliveries - Math.Max(left, 0), (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        Log.Done(logger, done, took);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task OnceAsync(HttpClient client, CancellationToken ct)
    {
        try
        {
            await rehearsal.RunAsync();
            if (client.BaseAddress is not null)
            {
                using var body = new ByteArrayContent("{}"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
                using var answer = await client.PostAsync(Path, body, ct);
            }
        }
#pragma warning disable CA1031 // A process that could not rehearse is slower at first, and of use all the same.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.Failed(logger, error);
        }
    }

    // Null where it listens on nothing that can be called without a certificate.
    private Uri? Address()
    {
        var address = server
            .Features.Get<IServerAddressesFeature>()
            ?.Addresses.FirstOrDefault(each => each != grpc.Address && each.StartsWith("http://", StringComparison.Ordinal));
        return address is null
            ? null
            : new Uri(
                address
                    .Replace("//*", "//127.0.0.1", StringComparison.Ordinal)
                    .Replace("//+", "//127.0.0.1", StringComparison.Ordinal)
                    .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
                    .Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal)
            );
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1020, Level = LogLevel.Information, Message = "Rehearsed {Count} deliveries in {Milliseconds} ms")]
        public static partial void Done(ILogger logger, int count, long milliseconds);

        [LoggerMessage(EventId = 1021, Level = LogLevel.Debug, Message = "A rehearsal failed")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
