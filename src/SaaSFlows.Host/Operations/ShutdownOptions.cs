namespace SaaSFlows.Host.Operations;

/// <summary>How a process ends.</summary>
internal sealed class ShutdownOptions
{
    /// <summary>Time between the first answer «not ready» and the end of taking connections: what a balancer needs to notice.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time after that for requests in flight and running executions. What has not ended then is taken over by another process.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
