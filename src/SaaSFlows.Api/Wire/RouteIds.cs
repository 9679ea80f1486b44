using System.Globalization;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Wire;

/// <summary>Reads ids from paths. What is no id names nothing: it answers as an unknown id does.</summary>
internal static class RouteIds
{
    /// <summary>The address that the caller used for this program, without a slash at its end.</summary>
    public static string BaseUrl(this HttpContext http) => $"{http.Request.Scheme}://{http.Request.Host}";

    public static IResult NoWorkflow => Answers.Error(ErrorCode.WorkflowNotFound, "workflow.not_found", "No such workflow.");

    public static IResult NoExecution => Answers.Error(ErrorCode.NotFound, "execution.not_found", "No such execution.");

    public static IResult NoWebhook => Answers.Error(ErrorCode.WebhookNotFound, "webhook.not_found", "No such webhook.");

    public static IResult NoAggregate => Answers.Error(ErrorCode.NotFound, "aggregate.not_found", "No such aggregate.");

    public static IResult NoApproval => Answers.Error(ErrorCode.NotFound, "approval.not_found", "No such approval.");

    public static IResult NoEntity => Answers.Error(ErrorCode.NotFound, "entity.not_found", "No such entity.");

    public static IResult NoCommunity => Answers.Error(ErrorCode.NotFound, "community.not_found", "No such community.");

    public static IResult NoMember => Answers.Error(ErrorCode.NotFound, "member.not_found", "No such member.");

    public static WorkflowId? Workflow(string text) => Guid.TryParse(text, out var id) ? new WorkflowId(id) : null;

    public static ExecutionId? Execution(string text) => Guid.TryParse(text, out var id) ? new ExecutionId(id) : null;

    public static WebhookId? Webhook(string text) => Guid.TryParse(text, out var id) ? new WebhookId(id) : null;

    public static ApprovalId? Approval(string text) => Guid.TryParse(text, out var id) ? new ApprovalId(id) : null;

    public static InvitationId? Invitation(string text) => Guid.TryParse(text, out var id) ? new InvitationId(id) : null;

    public static UserId? User(string text) => Guid.TryParse(text, out var id) ? new UserId(id) : null;

    public static CommunityId? Community(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? new CommunityId(id) : null;

    public static EntityId? Entity(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? new EntityId(id) : null;
}
