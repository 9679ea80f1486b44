using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using SaaSFlows.Postgres.Feed;
using SaaSFlows.Postgres.Migrations;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Health;

/// <summary>Whether the database answers.</summary>
internal sealed class DatabaseHealth(PostgresPools pools, DatabasePulse pulse) : IHealthCheck
{
    private static readonly HealthCheckResult Away = HealthCheckResult.Unhealthy("It does not answer; the log says why.");

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        UnlessAwayAsync(pulse, () => AskAsync(cancellationToken));

    /// <summary>Says of an outage no more than that there is one, and says it as soon as it is noticed: what hangs is left alone.</summary>
    internal static async Task<HealthCheckResult> UnlessAwayAsync(DatabasePulse pulse, Func<Task<HealthCheckResult>> ask)
    {
        var answering = pulse.WhileAnswering;
        if (answering.IsCancellationRequested)
        {
            return Away;
        }

        try
        {
            return await ask().WaitAsync(answering);
        }
        catch (Exception error) when (answering.IsCancellationRequested || error is NpgsqlException)
        {
            return Away;
        }
    }

    private async Task<HealthCheckResult> AskAsync(CancellationToken cancellationToken)
    {
        await using var connection = await pools.Engine.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}

/// <summary>
/// Whether the database has the schema that this program knows. A newer one is no fault: another process has been updated before this one.
/// </summary>
internal sealed class MigrationsHealth(PostgresPools pools, DatabasePulse pulse) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        DatabaseHealth.UnlessAwayAsync(pulse, () => AskAsync(cancellationToken));

    private async Task<HealthCheckResult> AskAsync(CancellationToken cancellationToken)
    {
        int[] wanted = [.. Migration.All.Select(migration => migration.Version)];
        await using var connection = await pools.Engine.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "select count(*), coalesce(max(version), 0)::bigint from public.schema_migrations where version = any ($1)",
            connection
        );
        command.Parameters.AddValue(wanted);
        command.CommandTimeout = 5;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var missing = wanted.Length - reader.GetInt64(0);
        var data = new Dictionary<string, object> { ["applied"] = reader.GetInt64(0), ["missing"] = missing };
        return missing == 0
            ? HealthCheckResult.Healthy(null, data)
            : HealthCheckResult.Unhealthy("Migrations are missing: start a process with the role Migrate.", null, data);
    }
}

/// <summary>Whether work is taken as it comes.</summary>
internal sealed class QueueHealth(QueueStatus queue, DatabasePulse pulse, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        DatabaseHealth.UnlessAwayAsync(pulse, () => AskAsync(cancellationToken));

    private async Task<HealthCheckResult> AskAsync(CancellationToken cancellationToken)
    {
        var numbers = await queue.CurrentAsync(cancellationToken);
        var lag = clock.GetUtcNow() - (new[] { numbers.Queue.Oldest, numbers.Timers.Oldest, numbers.Endings.Oldest }.Min() ?? clock.GetUtcNow());
        var data = new Dictionary<string, object>
        {
            ["waiting"] = numbers.Queue.Count,
            ["leased"] = numbers.Leased,
            ["endings"] = numbers.Endings.Count,
            ["due_timers"] = numbers.Timers.Count,
            ["lag_seconds"] = Math.Round(Math.Max(lag.TotalSeconds, 0), 3),
        };
        return lag < Late
            ? HealthCheckResult.Healthy(null, data)
            : HealthCheckResult.Degraded("Work has been waiting for more than a minute: there are too few workers, or none.", null, data);
    }
}

/// <summary>Whether hints come from the other processes. Without them waiters poll, so nothing is lost but time.</summary>
internal sealed class FeedHealth(FeedPulse pulse) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>();
        if (pulse.Lag is { } lag)
        {
            data["lag_ms"] = Math.Round(lag.TotalMilliseconds, 3);
        }

        return Task.FromResult(
            pulse.IsListening
                ? HealthCheckResult.Healthy(null, data)
                : HealthCheckResult.Degraded("No hints come from other processes: live views are up to a second late.", null, data)
        );
    }
}
