namespace SaaSFlows.Api.Metrics;

/// <summary>Who may read <c>/metrics</c>.</summary>
public sealed class MetricsOptions
{
    /// <summary>Whether anything is measured for <c>/metrics</c>; without, the route answers 404.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The bearer token that a scraper has to show. Without one only this machine may read, and not through a proxy.</summary>
    public string? Token { get; set; }

    /// <inheritdoc/>
    public override string ToString() => "***";
}
