using Microsoft.EntityFrameworkCore;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

internal static class FailureWorkflows
{
    /// <summary>
    /// Returns the workflow that handles the failures of another one: in the same community, not archived and not the same. Null if there is none.
    /// </summary>
    /// <param name="name">Its id or its key.</param>
    public static async Task<WorkflowId?> FindAsync(AppDb db, string name, CommunityId community, WorkflowId failing, CancellationToken ct)
    {
        var rows = db.Set<WorkflowRow>().Where(row => row.CommunityId == community && row.Id != failing && row.Status != WorkflowStatus.Archived);
        rows = Guid.TryParse(name, out var id) ? rows.Where(row => row.Id == new WorkflowId(id)) : rows.Where(row => row.Key == name);
        return await rows.Select(row => (WorkflowId?)row.Id).SingleOrDefaultAsync(ct);
    }
}
