using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Approvals;

/// <summary>An approval: a question of an execution, and its decision.</summary>
/// <param name="Status">One of <see cref="ApprovalStatus"/>.</param>
/// <param name="Roles">Roles that may decide, each including the higher ones.</param>
/// <param name="Users">Other users who may decide.</param>
/// <param name="CanDecide">Whether the caller may decide it now.</param>
public sealed record Approval(
    ApprovalId Id,
    string Status,
    string Message,
    ExecutionId Execution,
    WorkflowId Workflow,
    string WorkflowName,
    string Node,
    CommunityId Community,
    EntityId Entity,
    IReadOnlyList<string> Roles,
    IReadOnlyList<UserId> Users,
    bool CanDecide,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    ApprovalDecision? Decision
);

/// <summary>A decision.</summary>
public sealed record ApprovalDecision(UserId By, string ByName, DateTimeOffset At, string? Comment);

internal static class Approvers
{
    /// <summary>Whether the caller is an approver, in any status.</summary>
    public static bool IsApprover(this Caller caller, Approval approval) =>
        approval.Users.Contains(caller.UserId) || approval.Roles.Any(role => caller.Has(role, approval.Community));
}

/// <summary>The statuses of an approval.</summary>
public static class ApprovalStatus
{
    public const string Pending = "pending";
    public const string Approved = "approved";
    public const string Rejected = "rejected";

    /// <summary>The time limit passed without a decision.</summary>
    public const string Expired = "expired";

    /// <summary>The execution continued or ended without a decision.</summary>
    public const string Closed = "closed";
}
