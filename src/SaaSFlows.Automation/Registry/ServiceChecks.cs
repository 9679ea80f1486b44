using System.Globalization;
using Microsoft.Extensions.Logging;
using SaaSFlows.Outbound;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Registry;

/// <summary>Checks registered services. Any number of processes can run it: each service is taken by one at a time.</summary>
internal sealed partial class ServiceChecks(
    PostgresPools pools,
    OutboundHttp outbound,
    RegistryOptions options,
    TimeProvider clock,
    ILogger<ServiceChecks> logger
) : PeriodicService(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), clock)
{
    private const double Jitter = 0.1;
    private const int LongestError = 500;

    /// <summary>Runs the checks that are due. Returns the number of services.</summary>
    internal async Task<int> PassAsync(CancellationToken ct)
    {
        var due = await ClaimAsync(ct);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = options.AtOnce, CancellationToken = ct },
            async (service, cancel) => await CheckAsync(service.Id, service.Url, cancel)
        );
        return due.Count;
    }

    protected override Task RunAsync(CancellationToken ct) => options.CheckSeconds > 0 ? PassAsync(ct) : Task.CompletedTask;

    protected override void LogFailure(Exception error) => Log.Failed(logger, error);

    private async Task CheckAsync(ServiceId id, string url, CancellationToken ct)
    {
        var start = Clock.GetTimestamp();
        var result = await outbound.SendAsync(new OutboundRequest("GET", new Uri(url), TimeSpan.FromSeconds(options.TimeoutSeconds)), ct);
        var took = Clock.GetElapsedTime(start).TotalMilliseconds;
        var (problem, latency) = result.Match<(string? Problem, double? Latency)>(
            response =>
                (response.Status is >= 200 and <= 299 ? null : string.Create(CultureInfo.InvariantCulture, $"Status {response.Status}."), took),
            refused => (refused.Message, null),
            failed => (failed.Message, null)
        );
        await RecordAsync(id, url, problem, latency, ct);
    }

    private async Task<IReadOnlyList<(ServiceId Id, string Url)>> ClaimAsync(CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        // The lease is long enough for four rounds of checks that all time out.
        await using var command = connection.Command(
            "select service_id, health_check_url from automation.claim_checks($1, $2, $3)",
            now,
            now.AddSeconds((options.TimeoutSeconds * 5) + 30),
            options.AtOnce * 4
        );
        return await command.ListAsync(row => (new ServiceId(row.GetGuid(0)), row.GetString(1)), ct);
    }

    // A random part spreads the next checks over time.
    private async Task RecordAsync(ServiceId id, string url, string? problem, double? latency, CancellationToken ct)
    {
        var now = Clock.GetUtcNow();
        await using var connection = await pools.Lookup.OpenConnectionAsync(ct);
        await using var command = connection.Command(
            "select automation.record_check($1, $2, $3, $4, $5, $6, $7)",
            id.Value,
            url,
            problem is null ? "healthy" : "unhealthy",
            latency,
            problem is { Length: > LongestError } ? problem[..LongestError] : problem,
            now,
            now.AddSeconds(options.CheckSeconds * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble())))
        );
        await command.ExecuteNonQueryAsync(ct);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5401, Level = LogLevel.Warning, Message = "Checking registered services failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
