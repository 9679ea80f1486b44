using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Automation.Workflows;

internal static class StoredDrafts
{
    /// <summary>Two saves changed the same revision; the second one is refused.</summary>
    public static readonly AutomationError Stale = new AutomationError.Conflict(
        "workflow.stale",
        "Somebody else saved this workflow in the meantime. Reload it and try again."
    );

    /// <summary>A stored draft was valid when it was stored, so a failure to read it is a bug.</summary>
    public static WorkflowDefinition Broken(IReadOnlyList<FieldError> errors) =>
        throw new InvalidOperationException($"A stored definition can't be read: {errors[0].Field} {errors[0].Message}");
}
