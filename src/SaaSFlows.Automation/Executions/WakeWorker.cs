using Microsoft.Extensions.Hosting;
using SaaSFlows.Engine.Running;
using SaaSFlows.Postgres.Feed;

namespace SaaSFlows.Automation.Executions;

/// <summary>Tells this process's worker when the queue has work, whichever process put it there.</summary>
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
