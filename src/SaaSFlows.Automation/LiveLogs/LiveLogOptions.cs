namespace SaaSFlows.Automation.LiveLogs;

/// <summary>Limits of live logs in each process.</summary>
public sealed class LiveLogOptions
{
    /// <summary>
    /// The number of changes that can wait for a reader, at least 1. A reader with more is disconnected with the number to resume after.
    /// </summary>
    public int MaxBacklog { get; set; } = 1_000;

    /// <summary>The same limit in bytes of the journal.</summary>
    public int MaxBacklogBytes { get; set; } = 1024 * 1024;

    /// <summary>The number of readers of a tenant that can read stored journals at once, at least 1. Others wait for their turn.</summary>
    public int MaxCatchingUp { get; set; } = 8;

    /// <summary>The longest turn of a slow reader, at least a second. Then it is disconnected with the number to resume after.</summary>
    public TimeSpan LongestCatchUp { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The bytes of JSON that are held for all readers of a tenant: states of executions and waiting changes. At least 1 MiB.</summary>
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
