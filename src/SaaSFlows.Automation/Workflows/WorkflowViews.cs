using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>A workflow in a list.</summary>
/// <param name="Status">draft, active or archived.</param>
/// <param name="Revision">Raised by each save; an update that names an older one is refused.</param>
public sealed record WorkflowSummary(
    WorkflowId Id,
    CommunityId Community,
    EntityId Entity,
    string Key,
    string Name,
    string Description,
    string Status,
    int Revision,
    int? PublishedVersion,
    DateTimeOffset? PublishedAt,
    bool HasUnpublishedChanges,
    bool Paused,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    /// <summary>Another community shares it, so the caller can only read it.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The actions that the caller may take; null if they were not requested.</summary>
    public IReadOnlyList<string>? AllowedActions { get; init; }
}

/// <summary>A workflow with its draft.</summary>
/// <param name="Definition">Nodes, connections and global variables, UTF-8 JSON.</param>
public sealed record WorkflowDetails(WorkflowSummary Summary, ReadOnlyMemory<byte> Definition);

/// <summary>Filters of a list of workflows.</summary>
/// <param name="Search">Part of a name or description, case-insensitive.</param>
public sealed record WorkflowFilter(EntityId? Entity, CommunityId? Community, string? Status, bool? Paused, string? Search);
