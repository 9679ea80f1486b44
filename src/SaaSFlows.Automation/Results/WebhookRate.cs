namespace SaaSFlows.Automation.Results;

/// <summary>How near a webhook is to its limit.</summary>
/// <param name="Limit">Deliveries that it takes in its window.</param>
/// <param name="Remaining">How many it would take now.</param>
/// <param name="ResetsAt">When the oldest ones that count stop counting.</param>
public readonly record struct WebhookRate(int Limit, int Remaining, DateTimeOffset ResetsAt);
