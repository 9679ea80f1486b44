namespace SaaSFlows.Api.Metrics;

/// <summary>Tells that metrics are scraped, so that gauges are kept fresh in the background. Must not wait for anything.</summary>
public delegate void BeforeScrape();
