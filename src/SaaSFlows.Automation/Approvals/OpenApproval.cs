using Microsoft.EntityFrameworkCore;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Activities.Approvals;
using SaaSFlows.Automation.Approvals.Internal;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Automation.Approvals;

/// <summary>Opens approvals for executions, with the permissions of the execution's tenant and community.</summary>
internal sealed class OpenApproval(TenantDatabase database, TimeProvider time) : IApprovals
{
    public async ValueTask<ApprovalOpening> OpenAsync(ExecutionRef execution, ApprovalQuestion question, CancellationToken ct) =>
        await database.RunAsync(
            new TenantScope(execution.Tenant, CommunityScope.Of(execution.Community)),
            (db, cancel) => OpenAsync(db, execution, question, cancel),
            ct
        );

    private async Task<ApprovalOpening> OpenAsync(AppDb db, ExecutionRef execution, ApprovalQuestion question, CancellationToken ct)
    {
        if (await FindAsync(db, question.IdempotencyKey, ct) is { } known)
        {
            // Only before a decision, because a decision has gone to the bookmark that was named then.
            var moved = await db.Set<ApprovalRow>()
                .Where(row => row.Id == known.Id && row.Status == ApprovalStatus.Pending)
                .ExecuteUpdateAsync(row => row.SetProperty(one => one.BookmarkId, question.Bookmark), ct);
            return moved == 1
                ? new ApprovalOpening.Open(known.ExpiresAt)
                : new ApprovalOpening.Decided(DecideApproval.Stimulus((await FindAsync(db, question.IdempotencyKey, ct))!));
        }

        var (roles, users) = (new List<string>(), new List<Guid>());
        foreach (var named in question.Approvers.Distinct(StringComparer.Ordinal))
        {
            if (CommunityRoles.All.Contains(named))
            {
                roles.Add(named);
            }
            else if (await Members.FindAsync(db, execution.Community, named.Replace('\0', '\uFFFD'), ct) is { } user)
            {
                users.Add(user.Value);
            }
            else
            {
                return new ApprovalOpening.Failed(
                    "approval.unknown_approver",
                    $"'{named}' is neither a role (admin, editor, operator) nor a member of this community."
                );
            }
        }

        var now = time.GetUtcNow();
        db.Add(
            new ApprovalRow
            {
                Id = new(Guid.CreateVersion7(now)),
                TenantId = execution.Tenant,
                CommunityId = execution.Community,
                EntityId = execution.Entity,
                ExecutionId = execution.Id,
                WorkflowId = execution.Workflow,
                NodeId = question.Node.Value,
                BookmarkId = question.Bookmark,
                IdempotencyKey = question.IdempotencyKey,
                Message = question.Message,
                Roles = [.. roles],
                Users = [.. users.Distinct()],
                ExpiresAt = question.ExpiresAt,
                Status = ApprovalStatus.Pending,
                CreatedAt = now,
            }
        );
        await db.SaveChangesAsync(ct);
        return new ApprovalOpening.Open(question.ExpiresAt);
    }

    private static Task<ApprovalRow?> FindAsync(AppDb db, string idempotencyKey, CancellationToken ct) =>
        db.Set<ApprovalRow>().AsNoTracking().SingleOrDefaultAsync(row => row.IdempotencyKey == idempotencyKey, ct);
}
