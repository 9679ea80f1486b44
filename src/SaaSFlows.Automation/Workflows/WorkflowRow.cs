using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

internal sealed class WorkflowRow : ICommunityOwned
{
    public WorkflowId Id { get; init; }

    public TenantId TenantId { get; init; }

    public CommunityId CommunityId { get; init; }

    public EntityId EntityId { get; init; }

    public required string Key { get; set; }

    public required string Name { get; set; }

    public required string Description { get; set; }

    public required string Status { get; set; }

    /// <summary>Canonical definition, UTF-8 JSON.</summary>
    public required byte[] Draft { get; set; }

    public int Revision { get; set; }

    public WorkflowVersionId? PublishedVersionId { get; set; }

    public int? PublishedVersion { get; set; }

    public int? PublishedRevision { get; set; }

    public DateTimeOffset? PublishedAt { get; set; }

    public bool Paused { get; set; }

    /// <summary>Whether callers need a grant in addition to their permissions.</summary>
    public bool IsRestricted { get; init; }

    public UserId? CreatedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>
    /// Raises the revision for a change that does not change the draft. A simultaneous edit or publish gets a conflict, and the published version
    /// stays current.
    /// </summary>
    public void NextRevisionOfSameDraft()
    {
        PublishedRevision = PublishedRevision == Revision ? Revision + 1 : PublishedRevision;
        Revision++;
    }
}

internal sealed class WorkflowVersionRow : ICommunityOwned
{
    public WorkflowVersionId Id { get; init; }

    public TenantId TenantId { get; init; }

    public CommunityId CommunityId { get; init; }

    public WorkflowId WorkflowId { get; init; }

    public int Version { get; init; }

    public required byte[] Definition { get; init; }

    public UserId? CreatedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

internal sealed class TriggerRow : ICommunityOwned
{
    public WorkflowId WorkflowId { get; init; }

    public required string NodeId { get; init; }

    public TenantId TenantId { get; init; }

    public CommunityId CommunityId { get; init; }

    public EntityId EntityId { get; init; }

    public required string Kind { get; init; }

    public WorkflowVersionId VersionId { get; init; }

    /// <summary>The key by which it is found, such as an event's type; null if the entity is enough.</summary>
    public string? Key { get; init; }

    public required byte[] Config { get; init; }
}
