namespace SaaSFlows.Api.Metrics;

/// <summary>Reads what the gauges are about to show, from where it is read anew only now and then. May fail: what could not be read is left out.</summary>
/// <returns>A task that ends when the gauges have it.</returns>
public delegate Task BeforeScrape(CancellationToken ct);
