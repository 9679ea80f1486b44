using System.Text;
using System.Text.Json;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Access.Audit;
using SaaSFlows.Automation.Approvals.Internal;
using SaaSFlows.Automation.Events;
using SaaSFlows.Automation.Results;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Postgres.Sql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.Approvals;

/// <summary>Decides an approval once. The decision and the fact for the execution are stored in one transaction.</summary>
public sealed class DecideApproval
{
    private const int MaxComment = 4_000;

    private const string DecideSql = """
        update automation.approvals set status = $2, decided_by = $3, decided_by_name = $4, decided_at = $5, comment = $6 where id = $1
        """;

    private readonly TenantDatabase database;
    private readonly FindApprovals find;
    private readonly OpenWaits waits;
    private readonly AuditLog audit;
    private readonly TimeProvider time;

    internal DecideApproval(TenantDatabase database, FindApprovals find, OpenWaits waits, AuditLog audit, TimeProvider time) =>
        (this.database, this.find, this.waits, this.audit, this.time) = (database, find, waits, audit, time);

    /// <summary>Returns the approval after the decision. A second decision is refused with the name of the first decider.</summary>
    public async Task<Result<Approval>> RunAsync(Caller caller, ApprovalId id, bool approve, string? comment, CancellationToken ct)
    {
        if (WorkflowFields.TextProblem(comment, MaxComment) is { } problem)
        {
            return new AutomationError.BadInput("comment", problem);
        }

        var result = await database.QueryAsync(
            caller.Scope(),
            (connection, cancel) => DecideAsync(connection, caller, id, approve, string.IsNullOrWhiteSpace(comment) ? null : comment, cancel),
            ct
        );
        if (result.IsOk(out var decided, out _))
        {
            waits.Wake([decided.Execution]);
        }

        return result;
    }

    /// <summary>The decision in the form in which the bookmark receives it.</summary>
    internal static JsonElement Stimulus(ApprovalRow row) =>
        Stimulus(row.Id, row.Status, row.DecidedBy!.Value, row.DecidedByName!, row.DecidedAt!.Value, row.Comment);

    private static JsonElement Stimulus(ApprovalId id, string status, UserId by, string name, DateTimeOffset at, string? comment) =>
        JsonSerializer.SerializeToElement(
            new
            {
                decision = status,
                by = name,
                by_id = by.Value,
                comment,
                at = at.UtcDateTime,
                approval_id = id.Value,
            }
        );

    private async Task<Result<Approval>> DecideAsync(
        NpgsqlConnection connection,
        Caller caller,
        ApprovalId id,
        bool approve,
        string? comment,
        CancellationToken ct
    )
    {
        // A simultaneous decision waits here and then sees the first one.
        await using (var seize = connection.Command("select bookmark_id from automation.approvals where id = $1 for update", id.Value))
        {
            if (await seize.ExecuteScalarAsync(ct) is not Guid bookmark || await find.FindAsync(connection, caller, id, ct) is not { } approval)
            {
                return new AutomationError.NotFound("approval");
            }

            return Refusal(caller, approval) is { } refused
                ? refused
                : await DeliverAsync(connection, caller, approval, new(bookmark), approve, comment, ct);
        }
    }

    private async Task<Result<Approval>> DeliverAsync(
        NpgsqlConnection connection,
        Caller caller,
        Approval approval,
        BookmarkId bookmark,
        bool approve,
        string? comment,
        CancellationToken ct
    )
    {
        var (status, now) = (approve ? ApprovalStatus.Approved : ApprovalStatus.Rejected, time.GetUtcNow());
        var stimulus = Stimulus(approval.Id, status, caller.UserId, caller.Username, now, comment);
        if (!await waits.DeliverAsync(connection, approval.Execution, bookmark, awaited: false, Encoding.UTF8.GetBytes(stimulus.GetRawText()), ct))
        {
            return Closed();
        }

        await using var decide = connection.Command(DecideSql, approval.Id.Value, status, caller.UserId.Value, caller.Username, now, comment);
        await decide.ExecuteNonQueryAsync(ct);
        var target = new AuditTarget("approval", approval.Id.ToString(), approval.WorkflowName);
        await audit.WriteAsync(
            connection,
            AuditEntry.By(caller, AuditActions.ApprovalDecided, target, new { approval.Status }, new { status, comment }),
            ct
        );
        return approval with { Status = status, CanDecide = false, Decision = new(caller.UserId, caller.Username, now, comment) };
    }

    private static AutomationError? Refusal(Caller caller, Approval approval) =>
        approval switch
        {
            { Decision: { } first } => new AutomationError.Conflict(
                "approval.decided",
                $"{first.ByName} has {approval.Status} this approval already."
            )
            {
                Details = new Dictionary<string, object?>
                {
                    ["decision"] = approval.Status,
                    ["decided_by"] = first.By.Value,
                    ["decided_by_name"] = first.ByName,
                    ["decided_at"] = first.At,
                },
            },
            _ when !caller.IsApprover(approval) => new AutomationError.Forbidden("approver"),
            { Status: ApprovalStatus.Expired } => new AutomationError.Conflict(
                "approval.expired",
                "The approval expired without a decision, and the execution has continued."
            ),
            { Status: ApprovalStatus.Closed } => Closed(),
            _ => null,
        };

    private static AutomationError.Conflict Closed() => new("approval.closed", "The execution no longer waits for this decision.");
}
