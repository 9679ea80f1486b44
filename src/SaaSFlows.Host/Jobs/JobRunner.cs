using Hangfire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Host.Jobs;

/// <summary>Runs a job by its name, which is all that is stored of it: another version of the program may do it in another way.</summary>
public sealed partial class JobRunner
{
    private readonly IEnumerable<PlatformJob> _jobs;
    private readonly ILogger<JobRunner> _logger;

    internal JobRunner(IEnumerable<PlatformJob> jobs, ILogger<JobRunner> logger) => (_jobs, _logger) = (jobs, logger);

    /// <summary>Runs it. A failure is logged and shown; the next run by the schedule tries again.</summary>
    [JobDisplayName("{0}")]
    [AutomaticRetry(Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete)]
    public async Task RunAsync(string name, CancellationToken ct)
    {
        if (_jobs.FirstOrDefault(job => job.Name == name) is not { } job)
        {
            Log.Unknown(_logger, name);
            return;
        }

        try
        {
            await job.RunAsync(ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.Failed(_logger, name, error);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1030, Level = LogLevel.Warning, Message = "The job {Job} failed; its next run tries again")]
        public static partial void Failed(ILogger logger, string job, Exception error);

        [LoggerMessage(EventId = 1031, Level = LogLevel.Information, Message = "There is no job {Job} in this version of the program")]
        public static partial void Unknown(ILogger logger, string job);
    }
}
