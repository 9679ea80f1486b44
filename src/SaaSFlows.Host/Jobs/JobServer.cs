using Hangfire;
using Hangfire.Storage;
using SaaSFlows.Primitives;

namespace SaaSFlows.Host.Jobs;

/// <summary>Runs the platform's recurring jobs as long as the process lives. In any number of processes: each run is done by one of them.</summary>
internal sealed class JobServer(IReadOnlyList<PlatformJob> jobs, JobStorage storage, JobRunner runner) : BackgroundService
{
    // A new installation needs the partitions that this makes before its first hour is over.
    private const string AtStart = "housekeeping";

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Hangfire asks the database synchronously: not on the way to «ready».
        await Task.Run(Schedule, stoppingToken);
        using var server = new BackgroundJobServer(
            new BackgroundJobServerOptions { WorkerCount = 2, SchedulePollingInterval = Look, Activator = new Activator(runner), StopTimeout = TimeSpan.FromSeconds(2) }, storage);
        await Task.Delay(Timeout.InfiniteTimeSpan, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        server.SendStop();
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
}
