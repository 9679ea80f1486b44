using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Executions.Internal;

/// <summary>
/// What people did to executions. In a transaction after the deed's, which is a grouped one of many tenants; the execution itself keeps its author.
/// </summary>
internal static class ExecutionAudit
{
    /// <summary>Not cancelled by a caller who hangs up: it has happened.</summary>
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
