namespace SaaSFlows.Automation.Results;

/// <summary>The state of the rate limit of a webhook.</summary>
/// <param name="Limit">Deliveries that are accepted in a window.</param>
/// <param name="Remaining">Deliveries that would be accepted now.</param>
/// <param name="ResetsAt">The time at which the oldest counted deliveries leave the window.</param>
public readonly record struct WebhookRate(int Limit, int Remaining, DateTimeOffset ResetsAt);
