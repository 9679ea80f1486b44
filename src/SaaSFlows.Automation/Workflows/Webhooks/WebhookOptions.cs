namespace SaaSFlows.Automation.Workflows.Webhooks;

/// <summary>Settings of webhooks: answers and limits.</summary>
public sealed class WebhookOptions
{
    /// <summary>How long a webhook with <c>response_mode: "result"</c> waits for the end before it answers without one.</summary>
    public TimeSpan ResultTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The default limit of deliveries in a window.</summary>
    public int DefaultRateLimit { get; set; } = 60;

    /// <summary>The default window, in whole seconds.</summary>
    public TimeSpan DefaultRateLimitWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The highest limit that an owner may choose: ten thousand a second in the longest window.</summary>
    public int MaxRateLimit { get; set; } = 1_000_000_000;

    /// <summary>The longest window that an owner may choose, in whole seconds.</summary>
    public TimeSpan MaxRateLimitWindow { get; set; } = TimeSpan.FromDays(1);

    /// <exception cref="ArgumentException">A default is not within its bounds.</exception>
    public void Validate()
    {
        if (DefaultRateLimit < 1 || DefaultRateLimit > MaxRateLimit)
        {
            throw new ArgumentException("Webhooks:DefaultRateLimit must be at least 1 and at most Webhooks:MaxRateLimit.");
        }

        if (DefaultRateLimitWindow < TimeSpan.FromSeconds(1) || DefaultRateLimitWindow > MaxRateLimitWindow)
        {
            throw new ArgumentException("Webhooks:DefaultRateLimitWindow must be at least a second and at most Webhooks:MaxRateLimitWindow.");
        }
    }
}
