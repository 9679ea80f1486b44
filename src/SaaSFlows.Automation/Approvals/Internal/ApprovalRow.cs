using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Approvals.Internal;

internal sealed class ApprovalRow : ICommunityOwned
{
    public ApprovalId Id { get; init; }

    public TenantId TenantId { get; init; }

    public CommunityId CommunityId { get; init; }

    public EntityId EntityId { get; init; }

    public ExecutionId ExecutionId { get; init; }

    public WorkflowId WorkflowId { get; init; }

    public required string NodeId { get; init; }

    public BookmarkId BookmarkId { get; set; }

    public required string IdempotencyKey { get; init; }

    public required string Message { get; init; }

    public required string[] Roles { get; init; }

    public required Guid[] Users { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public required string Status { get; set; }

    public UserId? DecidedBy { get; set; }

    public string? DecidedByName { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    public string? Comment { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
