namespace SaaSFlows.Host.Operations;

/// <summary>How a process gets warm before it says that it is ready.</summary>
internal sealed class WarmUpOptions
{
    /// <summary>How long it may take; zero for none.</summary>
    public TimeSpan Time { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How many deliveries are rehearsed; fewer where the time is over before.</summary>
    public int Deliveries { get; set; } = 2_000;
}
