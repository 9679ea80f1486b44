using Microsoft.Extensions.Logging;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Access.Audit.Internal;

/// <summary>Adds new entries to the chain within a second. Any number of processes can run it: one at a time does the work.</summary>
internal sealed partial class AuditSealer(PostgresPools pools, TimeProvider clock, ILogger<AuditSealer> logger)
    : PeriodicService(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(10), clock)
{
    private const int AtOnce = 1_000;

    /// <summary>Seals the committed entries. Returns their number.</summary>
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

    protected override Task RunAsync(CancellationToken ct) => PassAsync(ct);

    protected override void LogFailure(Exception error) => Log.Failed(logger, error);

    private static partial class Log
    {
        [LoggerMessage(EventId = 4801, Level = LogLevel.Warning, Message = "Sealing the audit log failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
