using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Accounts.Access.Audit.Internal;

/// <summary>Chains new entries within a second. Runs in any number of processes: one at a time does the work.</summary>
internal sealed partial class AuditSealer(PostgresPools pools, TimeProvider clock, ILogger<AuditSealer> logger) : BackgroundService
{
    private const int AtOnce = 1_000;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>Seals what has been committed; how many entries.</summary>
    internal async Task<int> PassAsync(CancellationToken ct)
    {
        var (sealedNow, last) = (0, AtOnce);
        while (last == AtOnce)
        {
            await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
            await using var seal = connection.Command("select accounts.seal_audit(null, $1)", AtOnce);
            last = (int)(await seal.ExecuteScalarAsync(ct))!;
            sealedNow += last;
        }

        return sealedNow;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var pause = Every;
                try
                {
                    await PassAsync(stoppingToken);
                }
                catch (Exception e) when (e is NpgsqlException or TimeoutException)
                {
                    Log.Failed(logger, e);
                    pause = RetryAfter;
                }

                await Task.Delay(pause, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4801, Level = LogLevel.Warning, Message = "Sealing the audit log failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
