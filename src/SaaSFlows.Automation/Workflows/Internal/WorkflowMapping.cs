namespace SaaSFlows.Automation.Workflows.Internal;

internal static class WorkflowMapping
{
    public static WorkflowSummary ToSummary(this WorkflowRow row) =>
        new(
            row.Id,
            row.CommunityId,
            row.EntityId,
            row.Key,
            row.Name,
            row.Description,
            row.Status,
            row.Revision,
            row.PublishedVersion,
            row.PublishedAt,
            row.PublishedVersionId is not null && row.PublishedRevision != row.Revision,
            row.Paused,
            row.CreatedAt,
            row.UpdatedAt
        );

    public static WorkflowDetails ToDetails(this WorkflowRow row) => new(row.ToSummary(), row.Draft);
}
