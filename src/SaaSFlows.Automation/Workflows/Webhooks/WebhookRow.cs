using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows.Webhooks;

internal sealed class WebhookRow : ICommunityOwned
{
    public WebhookId Id { get; init; }

    public TenantId TenantId { get; init; }

    public CommunityId CommunityId { get; init; }

    public WorkflowId WorkflowId { get; init; }

    public required string NodeId { get; init; }

    public required string Name { get; set; }

    public required string Description { get; set; }

    public required byte[] TokenHash { get; init; }

    public required byte[] SealedToken { get; init; }

    public bool Enabled { get; set; }

    public bool RequireSignature { get; set; }

    public byte[]? SealedSecret { get; set; }

    public required string[] IpAllowlist { get; set; }

    public int RateLimitMax { get; set; }

    /// <summary>Seconds.</summary>
    public int RateLimitWindow { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
