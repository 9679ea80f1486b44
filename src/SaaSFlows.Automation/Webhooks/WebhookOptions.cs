namespace SaaSFlows.Automation.Webhooks;

/// <summary>How webhooks answer.</summary>
public sealed class WebhookOptions
{
    /// <summary>How long a webhook with <c>response_mode: "result"</c> waits for the end before it answers without one.</summary>
    public TimeSpan ResultTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
