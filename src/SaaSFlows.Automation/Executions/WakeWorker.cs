using Microsoft.Extensions.Hosting;
using SaaSFlows.Engine.Running;
using SaaSFlows.Postgres.Feed;

namespace SaaSFlows.Automation.Executions;

/// <summary>Wakes this process's worker when any process adds work to the queue.</summary>
internal sealed class WakeWorker(ExecutionWorker worker, JournalFeed feed) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var work = feed.Subscribe(FeedTopic.Queue);
        try
        {
            while (true)
            {
                if (await work.NextAsync(FeedSubscription.LongestWait, stoppingToken))
                {
                    worker.WakeUp();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process is shutting down.
        }
    }
}
