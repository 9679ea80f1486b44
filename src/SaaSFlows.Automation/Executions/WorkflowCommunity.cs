using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions;

/// <summary>Checks that a community in a request is the workflow's own.</summary>
public sealed class WorkflowCommunity(PublishedWorkflows published, FindWorkflows find)
{
    /// <summary>Returns null if no community is named, if it is the workflow's, or if the caller can see no such workflow.</summary>
    public async ValueTask<AutomationError?> RefusalAsync(Caller caller, WorkflowId id, long? named, CancellationToken ct)
    {
        if (
            named is null
            || (await published.FindAsync(caller.TenantId, id, fresh: false, ct))?.Community.Value == named
            || !(await find.GetAsync(caller, id, ct)).IsOk(out var seen, out _)
            || seen.Summary.Community.Value == named
        )
        {
            return null;
        }

        return new AutomationError.BadInput(
            new Dictionary<string, string>
            {
                ["community_id"] = $"is {named}, but the workflow belongs to the community {seen.Summary.Community.Value}.",
            },
            "workflow.other_community"
        );
    }
}
