namespace SaaSFlows.Host.Jobs;

/// <summary>Recurring work of the platform, and who may look at it.</summary>
internal sealed class JobOptions
{
    /// <summary>Whether a process with the scheduler role runs the jobs.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The password (any user name) with which a browser opens <c>/operations/jobs</c>. Without one only this machine may, and not through a proxy.
    /// </summary>
    public string? DashboardPassword { get; set; }

    /// <inheritdoc/>
    public override string ToString() => "***";
}
