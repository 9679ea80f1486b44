using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace SaaSFlows.Api.Health;

/// <summary>
/// Runs the health checks at most once in three seconds: health is open to everybody, and must not be a way to keep the database busy.
/// </summary>
internal sealed class HealthReports(HealthCheckService checks, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTimeOffset At, Task<HealthReport> Report)> _last = [];

    /// <param name="tag">Only the checks with this tag; null for all.</param>
    /// <returns>Null if the checks take longer than two seconds: asking has a limit of its own, whatever hangs.</returns>
    public async Task<HealthReport?> CurrentAsync(string? tag, CancellationToken ct)
    {
        try
        {
            return await Current(tag).WaitAsync(Patience, time, ct);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private Task<HealthReport> Current(string? tag)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            var known = _last.GetValueOrDefault(tag ?? "");
            if (known.Report is null || (known.Report.IsCompleted && now - known.At >= MaxAge))
            {
                // Whoever gives up waiting must not stop the checks for the others.
                known = (
                    now,
                    Task.Run(
                        () => checks.CheckHealthAsync(check => tag is null || check.Tags.Contains(tag), CancellationToken.None),
                        CancellationToken.None
                    )
                );
                _last[tag ?? ""] = known;
            }

            return known.Report;
        }
    }
}
