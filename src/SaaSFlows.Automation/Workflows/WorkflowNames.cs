using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.Workflows.Internal;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Workflows;

/// <summary>Finds the workflows that routes call by name.</summary>
public sealed class WorkflowNames(TenantDatabase database)
{
    /// <summary>
    /// The workflow with this key, or with the key that this name makes (<c>customer_support</c> finds <c>customer-support</c>); null if the caller
    /// sees none.
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
