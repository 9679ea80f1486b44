namespace SaaSFlows.Automation.LiveLogs;

/// <summary>What may wait for readers of live logs.</summary>
public sealed class LiveLogOptions
{
    /// <summary>Changes of its execution that may wait for a reader, at least 1. One for whom more wait is sent away with the place where to go on.</summary>
    public int MaxBacklog { get; set; } = 1_000;

    /// <summary>The same in bytes of the journal.</summary>
    public int MaxBacklogBytes { get; set; } = 1024 * 1024;

    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Validate()
    {
        if (MaxBacklog < 1 || MaxBacklogBytes < 1)
        {
            throw new ArgumentException("LiveLogs:MaxBacklog and LiveLogs:MaxBacklogBytes must be at least 1.");
        }
    }
}
