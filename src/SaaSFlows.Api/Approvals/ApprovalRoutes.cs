using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Approvals;

namespace SaaSFlows.Api.Approvals;

/// <summary>Questions that executions ask people.</summary>
internal static class ApprovalRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var approvals = routes.MapGroup("/api/v1/approvals");
        approvals.MapGet("", ListAsync).Needs(Permission.ReadExecutions);
        approvals.MapGet("/{approval_id}", GetAsync).Needs(Permission.ReadExecutions);

        // Who may decide, each question says for itself.
        approvals
            .MapPost(
                "/{approval_id}/approve",
                (HttpContext http, string approval_id, DecideApproval decide, CancellationToken ct) =>
                    DecideAsync(http, approval_id, true, decide, ct)
            )
            .Needs(Permission.ReadExecutions);
        approvals
            .MapPost(
                "/{approval_id}/reject",
                (HttpContext http, string approval_id, DecideApproval decide, CancellationToken ct) =>
                    DecideAsync(http, approval_id, false, decide, ct)
            )
            .Needs(Permission.ReadExecutions);
    }

    private static async Task<IResult> ListAsync(HttpContext http, FindApprovals find, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var status = query.OneOf(
            "status",
            ApprovalStatus.Pending,
            ApprovalStatus.Approved,
            ApprovalStatus.Rejected,
            ApprovalStatus.Expired,
            ApprovalStatus.Closed
        );
        var mine = query.Flag("mine", whenAbsent: false);
        var page = query.Page();
        return query.Refusal ?? Answers.List(await find.ListAsync(http.Caller(), status, mine, page, ct), ApprovalBody.From);
    }

    private static async Task<IResult> GetAsync(HttpContext http, string approval_id, FindApprovals find, CancellationToken ct) =>
        RouteIds.Approval(approval_id) is { } id && await find.FindAsync(http.Caller(), id, ct) is { } approval
            ? Answers.Ok(ApprovalBody.From(approval))
            : RouteIds.NoApproval;

    private static async Task<IResult> DecideAsync(HttpContext http, string approval_id, bool approve, DecideApproval decide, CancellationToken ct)
    {
        if (RouteIds.Approval(approval_id) is not { } id)
        {
            return RouteIds.NoApproval;
        }

        if (!(await RequestBody.ReadAsync<DecisionBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (await decide.RunAsync(http.Caller(), id, approve, body.Comment, ct)).Match(
            approval => Answers.Ok(ApprovalBody.From(approval), approve ? "Approved" : "Rejected"),
            ErrorMap.ToAnswer
        );
    }

    /// <param name="Comment">At most 4,000 characters.</param>
    private sealed record DecisionBody(string? Comment);

    private sealed record DecidedByBody(Guid UserId, string Name);

    /// <param name="Roles">Members with one of these roles or a higher one may decide.</param>
    /// <param name="Users">These may decide too.</param>
    private sealed record ApproversBody(IReadOnlyList<string> Roles, IReadOnlyList<Guid> Users);

    private sealed record ApprovalBody(
        Guid ApprovalId,
        string Status,
        string Message,
        Guid ExecutionId,
        Guid WorkflowId,
        string WorkflowName,
        string NodeId,
        long CommunityId,
        long EntityId,
        ApproversBody Approvers,
        bool CanDecide,
        DateTimeOffset CreatedAt,
        DateTimeOffset? ExpiresAt,
        DecidedByBody? DecidedBy,
        DateTimeOffset? DecidedAt,
        string? Comment
    )
    {
        public static ApprovalBody From(Approval approval) =>
            new(
                approval.Id.Value,
                approval.Status,
                approval.Message,
                approval.Execution.Value,
                approval.Workflow.Value,
                approval.WorkflowName,
                approval.Node,
                approval.Community.Value,
                approval.Entity.Value,
                new ApproversBody(approval.Roles, [.. approval.Users.Select(user => user.Value)]),
                approval.CanDecide,
                approval.CreatedAt,
                approval.ExpiresAt,
                approval.Decision is { } decision ? new DecidedByBody(decision.By.Value, decision.ByName) : null,
                approval.Decision?.At,
                approval.Decision?.Comment
            );
    }
}
