using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Approvals;

/// <summary>A question that an execution asks, and what became of it.</summary>
/// <param name="Status">One of <see cref="ApprovalStatus"/>.</param>
/// <param name="Roles">Whose members may decide: that role or a higher one.</param>
/// <param name="Users">Who else may decide.</param>
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

/// <summary>What somebody decided.</summary>
public sealed record ApprovalDecision(UserId By, string ByName, DateTimeOffset At, string? Comment);

internal static class Approvers
{
    /// <summary>Whether the question asks for the caller's decision, however it stands.</summary>
    public static bool IsApprover(this Caller caller, Approval approval) =>
        approval.Users.Contains(caller.UserId) || approval.Roles.Any(role => caller.Has(role, approval.Community));
}

/// <summary>How a question can stand.</summary>
public static class ApprovalStatus
{
    public const string Pending = "pending";
    public const string Approved = "approved";
    public const string Rejected = "rejected";

    /// <summary>Nobody decided in time.</summary>
    public const string Expired = "expired";

    /// <summary>The execution went on or ended without a decision.</summary>
    public const string Closed = "closed";
}
