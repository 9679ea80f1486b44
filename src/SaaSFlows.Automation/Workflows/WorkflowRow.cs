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

    /// <summary>Only those who were granted something may do it, within their permissions.</summary>
    public bool IsRestricted { get; init; }

    public UserId? CreatedBy { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>
    /// For a change that is none of the draft: who edits or publishes at the same moment meets it, and what is published stays as current as it was.
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

    /// <summary>What it is found by, such as an event's type; null where the entity is enough.</summary>
    public string? Key { get; init; }

    public required byte[] Config { get; init; }
}
