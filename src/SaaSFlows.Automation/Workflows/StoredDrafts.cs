using SaaSFlows.Automation.Results;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Automation.Workflows;

internal static class StoredDrafts
{
    /// <summary>Two have changed one revision: the second one finds it gone.</summary>
    public static readonly AutomationError Stale = new AutomationError.Conflict(
        "workflow.stale",
        "Somebody else saved this workflow in the meantime. Reload it and try again."
    );

    /// <summary>What is stored was read before it was stored: failing to read it again is a bug.</summary>
    public static WorkflowDefinition Broken(IReadOnlyList<FieldError> errors) =>
        throw new InvalidOperationException($"A stored definition can't be read: {errors[0].Field} {errors[0].Message}");
}
