using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Finds workflows by the names in routes.</summary>
public sealed class WorkflowNames(TenantDatabase database)
{
    /// <summary>
    /// Returns the workflow with this key, or with the key of this name (<c>customer_support</c> finds <c>customer-support</c>); null if the caller
    /// can see none.
    /// </summary>
    public async Task<WorkflowId?> FindAsync(Caller caller, string name, CancellationToken ct)
    {
        var key = WorkflowKeys.FromName(name);
        var found = await database.RunAsync(
            caller.Scope(),
            (db, cancel) =>
                db.Set<WorkflowRow>()
                    .AsNoTracking()
                    .Where(row => row.Key == name || row.Key == key)
                    .OrderByDescending(row => row.Key == name)
                    .Select(row => new { row.Id })
                    .FirstOrDefaultAsync(cancel),
            ct
        );
        return found?.Id;
    }
}
