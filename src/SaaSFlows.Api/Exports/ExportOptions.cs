namespace SaaSFlows.Api.Exports;

/// <summary>What exports may take, in each process.</summary>
public sealed class ExportOptions
{
    /// <summary>Exports of one tenant at once.</summary>
    public int PerTenant { get; set; } = 2;

    /// <summary>How long one may take; then its connection is cut.</summary>
    public TimeSpan Longest { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Throws if the options can't work.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    public void Validate()
    {
        if (PerTenant is < 1 or > 100)
        {
            throw new ArgumentException($"Exports:PerTenant must be between 1 and 100, not {PerTenant}.");
        }

        if (Longest < TimeSpan.FromSeconds(1) || Longest > TimeSpan.FromDays(1))
        {
            throw new ArgumentException($"Exports:Longest must be between 00:00:01 and 1.00:00:00, a day, not {Longest}.");
        }
    }
}
