using System.Diagnostics;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Health;

/// <summary>
/// Seed 001, «Health &amp; Monitoring»: what balancers and people look at. Nothing here tells hosts, names or errors of what is asked.
/// </summary>
internal static class HealthRoutes
{
    private static readonly TimeSpan _askAgain = TimeSpan.FromSeconds(2);
    private static readonly DateTimeOffset StartedAt = new(Process.GetCurrentProcess().StartTime.ToUniversalTime());

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/ready", ReadyAsync).IsPublic().NeedsNoDatabase().DisableRateLimiting().WithMetadata(AlwaysLetIn.Instance);
        routes.MapGet("/health/detailed", DetailedAsync).IsPublic().NeedsNoDatabase().DisableRateLimiting().WithMetadata(AlwaysLetIn.Instance);
        routes.MapGet("/api/v1/uptime", Uptime).IsPublic().NeedsNoDatabase();
    }

    private static IResult Unready(string reason, string message, params (string Name, object? Value)[] details) =>
        Answers.RetryLater(ErrorCode.Unavailable, reason, message, _askAgain, details);

    private static IResult TooSlow => Unready("dependency.slow", "Something that this process needs did not answer within two seconds.");

    private static async Task<IResult> ReadyAsync(IHostApplicationLifetime lifetime, HealthReports reports, CancellationToken ct)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Unready("process.draining", "This process is ending and takes nothing new.");
        }

        if (!lifetime.ApplicationStarted.IsCancellationRequested)
        {
            return Unready("process.starting", "This process is getting ready.");
        }

        if (await reports.CurrentAsync("ready", ct) is not { } report)
        {
            return TooSlow;
        }

        return report.Status == HealthStatus.Unhealthy
            ? Unready("dependency.unhealthy", "Something that this process needs does not answer.", ("dependencies", Dependencies(report)))
            : Answers.Ok(new ReadyBody(true, report.Status == HealthStatus.Degraded ? Dependencies(report) : null));
    }

    private static async Task<IResult> DetailedAsync(
        IHostApplicationLifetime lifetime,
        HealthReports reports,
        TimeProvider time,
        CancellationToken ct
    )
    {
        if (await reports.CurrentAsync(null, ct) is not { } report)
        {
            return TooSlow;
        }

        var status = lifetime.ApplicationStopping.IsCancellationRequested ? "draining" : Name(report.Status);
        return report.Status == HealthStatus.Unhealthy
            ? Unready(
                "dependency.unhealthy",
                "Something that this process needs does not answer.",
                ("status", status),
                ("dependencies", Dependencies(report))
            )
            : Answers.Ok(new DetailedBody(status, Seconds(time), Dependencies(report)));
    }

    private static IResult Uptime(TimeProvider time)
    {
        using var process = Process.GetCurrentProcess();
        return Answers.Ok(
            new UptimeBody(
                StartedAt,
                Seconds(time),
                Math.Round(process.TotalProcessorTime.TotalSeconds, 3),
                process.WorkingSet64,
                GC.GetTotalMemory(forceFullCollection: false),
                ThreadPool.ThreadCount
            )
        );
    }

    private static double Seconds(TimeProvider time) => Math.Round((time.GetUtcNow() - StartedAt).TotalSeconds, 3);

    private static Dictionary<string, DependencyBody> Dependencies(HealthReport report) =>
        report.Entries.ToDictionary(
            entry => entry.Key,
            entry => new DependencyBody(
                Name(entry.Value.Status),
                Math.Round(entry.Value.Duration.TotalMilliseconds, 3),
                Message(entry.Value),
                entry.Value.Data.Count == 0 ? null : entry.Value.Data
            )
        );

    private static string? Message(HealthReportEntry entry) => entry.Exception is null ? entry.Description : "It does not answer; the log says why.";

    private static string Name(HealthStatus status) =>
        status switch
        {
            HealthStatus.Healthy => "healthy",
            HealthStatus.Degraded => "degraded",
            HealthStatus.Unhealthy => "unhealthy",
        };

    /// <param name="Dependencies">Only while one of them is degraded.</param>
    private sealed record ReadyBody(
        bool Ready,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, DependencyBody>? Dependencies
    );

    private sealed record DetailedBody(string Status, double UptimeSeconds, IReadOnlyDictionary<string, DependencyBody> Dependencies);

    private sealed record DependencyBody(
        string Status,
        double LatencyMs,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, object>? Data
    );

    private sealed record UptimeBody(
        DateTimeOffset StartedAt,
        double UptimeSeconds,
        double CpuSeconds,
        long MemoryBytes,
        long ManagedMemoryBytes,
        int Threads
    );
}
