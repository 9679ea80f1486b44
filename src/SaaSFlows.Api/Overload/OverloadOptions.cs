namespace SaaSFlows.Api.Overload;

/// <summary>How much a process works on at the same time. What is over that waits shortly, and is then refused.</summary>
public sealed class OverloadOptions
{
    private const int PerProcessor = 128;
    private const int PerProcessorAndTenant = 16;

    /// <summary>Off only where another program does this, and in tests.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests that are worked on at the same time. A tenant has at most half, and less the more tenants ask.</summary>
    public int MaxInFlight { get; set; } = PerProcessor * Math.Max(2, Environment.ProcessorCount);

    /// <summary>The same of one tenant: few enough to leave another one's requests their speed, also where no other asks for much.</summary>
    public int MaxInFlightPerTenant { get; set; } = PerProcessorAndTenant * Math.Max(2, Environment.ProcessorCount);

    /// <summary>Requests that may wait for their turn, shared by the same rule.</summary>
    public int MaxWaiting { get; set; } = 4_096;

    /// <summary>How long a request waits before it is refused: time for a burst to pass.</summary>
    public TimeSpan BurstWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The same where a burst has not passed in that time.</summary>
    public TimeSpan OverloadWait { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes of bodies that are on the way and not whole yet; a quarter of them for one tenant.</summary>
    public long MaxArrivingBytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>How long a body may be on the way. The largest one needs 17 KiB a second for this.</summary>
    public TimeSpan BodyTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Live streams of one tenant that are open at the same time, of all kinds.</summary>
    public int MaxStreamsPerTenant { get; set; } = 500;

    /// <summary>Throws if nothing would pass.</summary>
    /// <exception cref="ArgumentException">A number is out of its bounds.</exception>
    public void Validate()
    {
        if (MaxInFlight < 2 || MaxInFlightPerTenant < 1 || MaxWaiting < 0)
        {
            throw new ArgumentException(
                "Overload:MaxInFlight must be at least 2, Overload:MaxInFlightPerTenant at least 1 and Overload:MaxWaiting at least 0."
            );
        }

        if (MaxStreamsPerTenant < 1)
        {
            throw new ArgumentException($"Overload:MaxStreamsPerTenant must be at least 1, not {MaxStreamsPerTenant}.");
        }

        if (MaxArrivingBytes < 4 * 1024 * 1024 || BodyTime <= TimeSpan.Zero)
        {
            throw new ArgumentException("Overload:MaxArrivingBytes must be at least 4 MiB and Overload:BodyTime more than 0.");
        }

        if (OverloadWait < TimeSpan.Zero || OverloadWait > BurstWait)
        {
            throw new ArgumentException("Overload:OverloadWait must be at least 0 and at most Overload:BurstWait.");
        }
    }
}
