namespace SaaSFlows.Automation.LiveLogs;

/// <summary>What live logs may take, in each process.</summary>
public sealed class LiveLogOptions
{
    /// <summary>
    /// Changes of its execution that may wait for a reader, at least 1. One for whom more wait is sent away with the place where to go on.
    /// </summary>
    public int MaxBacklog { get; set; } = 1_000;

    /// <summary>The same in bytes of the journal.</summary>
    public int MaxBacklogBytes { get; set; } = 1024 * 1024;

    /// <summary>Readers of one tenant that read what is stored already at once, at least 1; more wait for their turn.</summary>
    public int MaxCatchingUp { get; set; } = 8;

    /// <summary>How long such a turn is for a reader that is slow, at least a second: then it is sent away with the place where to go on.</summary>
    public TimeSpan LongestCatchUp { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes of JSON that are held for one tenant's readers, in all: where the executions stand that they follow, and what waits. At least 1 MiB.
    /// </summary>
    public long MaxHeldBytes { get; set; } = 32 * 1024 * 1024;

    /// <exception cref="ArgumentException">A setting makes no sense.</exception>
    public void Validate()
    {
        if (MaxBacklog < 1 || MaxBacklogBytes < 1 || MaxCatchingUp < 1)
        {
            throw new ArgumentException("LiveLogs:MaxBacklog, LiveLogs:MaxBacklogBytes and LiveLogs:MaxCatchingUp must be at least 1.");
        }

        if (LongestCatchUp < TimeSpan.FromSeconds(1) || LongestCatchUp > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"LiveLogs:LongestCatchUp must be between 00:00:01 and 01:00:00, not {LongestCatchUp}.");
        }

        if (MaxHeldBytes < 1024 * 1024)
        {
            throw new ArgumentException($"LiveLogs:MaxHeldBytes must be at least 1048576, 1 MiB, not {MaxHeldBytes}.");
        }
    }
}
