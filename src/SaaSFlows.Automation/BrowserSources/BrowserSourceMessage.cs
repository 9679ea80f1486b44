using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.BrowserSources;

/// <summary>A message of a page.</summary>
/// <param name="Number">1, 2, 3, … within the page.</param>
/// <param name="DurationSeconds">The duration in seconds. 0 means until it is cleared or replaced.</param>
public sealed record BrowserSourceMessage(
    long Number,
    string SourceType,
    string Action,
    string Content,
    double DurationSeconds,
    int Priority,
    DateTimeOffset ShownAt
);

/// <summary>An entity's page.</summary>
/// <param name="Token">The last part of its address. Set only when the page is created, else null.</param>
public sealed record BrowserSource(EntityId Entity, DateTimeOffset CreatedAt, string? Token);
