using Hangfire;
using Hangfire.Storage;
using SaaSFlows.Primitives;

namespace SaaSFlows.Host.Jobs;

/// <summary>Runs the platform's recurring jobs as long as the process lives. In any number of processes: each run is done by one of them.</summary>
internal sealed partial class JobServer(
    IEnumerable<PlatformJob> jobs,
    JobStorage storage,
    JobRunner runner,
    TimeProvider time,
    ILogger<JobServer> logger
) : BackgroundService
{
    // A new installation needs the partitions that this makes before its first hour is over.
    private const string AtStart = "housekeeping";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ScheduleAsync(stoppingToken);
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions
            {
                WorkerCount = 2,
                SchedulePollingInterval = Look,
                Activator = new Activator(runner),
                StopTimeout = TimeSpan.FromSeconds(2),
            },
            storage
        );
        await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        server.SendStop();
    }

    private async Task ScheduleAsync(CancellationToken ct)
    {
        for (var isTold = false; ; )
        {
            try
            {
                // Hangfire asks the database synchronously: not on the way to «ready».
                await Task.Run(Schedule, ct);
                return;
            }
#pragma warning disable CA1031 // Hangfire says in several ways that the database is away, and what leaves this method ends the process.
            catch (Exception error) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (!isTold)
                {
                    Log.NotScheduled(logger, error);
                    isTold = true;
                }

                await Task.Delay(Again, time, ct);
            }
        }
    }

    private void Schedule()
    {
        var manager = new RecurringJobManager(storage);
        using (var connection = storage.GetConnection())
        {
            foreach (var gone in connection.GetRecurringJobs().Where(known => jobs.All(job => job.Name != known.Id)))
            {
                manager.RemoveIfExists(gone.Id);
            }
        }

        foreach (var job in jobs)
        {
            manager.AddOrUpdate<JobRunner>(job.Name, one => one.RunAsync(job.Name, CancellationToken.None), job.Cron);
        }

        manager.TriggerJob(AtStart);
    }

    private sealed class Activator(JobRunner runner) : JobActivator
    {
        public override object ActivateJob(Type jobType) => runner;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1032, Level = LogLevel.Warning, Message = "The jobs could not be scheduled; it is tried again every two seconds")]
        public static partial void NotScheduled(ILogger logger, Exception error);
    }
}
