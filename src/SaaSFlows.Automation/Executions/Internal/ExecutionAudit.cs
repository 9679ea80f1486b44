using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions.Internal;

/// <summary>
/// Writes audit entries for actions of people on executions. The entry has a transaction of its own, because the action's transaction is shared by
/// many tenants. The execution itself stores its author.
/// </summary>
internal static class ExecutionAudit
{
    /// <summary>Not cancelled when the caller disconnects, because the action has happened.</summary>
    public static Task WriteAsync(
        this AuditLog audit,
        TenantDatabase database,
        Caller caller,
        string action,
        ExecutionId execution,
        object details
    ) =>
        database.RunAsync(
            caller.Scope(),
            (db, ct) => audit.WriteAsync(db, AuditEntry.By(caller, action, new("execution", execution.ToString()), null, details), ct),
            CancellationToken.None
        );
}
