using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Automation.Workflows;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Workflows;

/// <summary>Who may do what with a single workflow.</summary>
internal static class PermissionRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var permissions = routes.MapGroup("/api/v1/workflows/{workflow_id}/permissions");
        permissions.MapGet("", GetAsync).Needs(Permission.UpdateWorkflows);
        permissions.MapPut("", SetAsync).Needs(Permission.UpdateWorkflows);
    }

    private static async Task<IResult> GetAsync(HttpContext http, string workflow_id, RestrictWorkflow restrict, CancellationToken ct) =>
        RouteIds.Workflow(workflow_id) is { } id
            ? (await restrict.GetAsync(http.Caller(), id, ct)).Match(permissions => Answers.Ok(PermissionsBody.From(permissions)), ErrorMap.ToAnswer)
            : RouteIds.NoWorkflow;

    private static async Task<IResult> SetAsync(HttpContext http, string workflow_id, RestrictWorkflow restrict, CancellationToken ct)
    {
        if (RouteIds.Workflow(workflow_id) is not { } id)
        {
            return RouteIds.NoWorkflow;
        }

        var read = await ChangeBody.ReadAsync<NewPermissionsBody, PermissionsBody>(
            http,
            async _ => (await restrict.GetAsync(http.Caller(), id, ct)).Match<PermissionsBody?>(PermissionsBody.From, _ => null)
        );
        if (!read.Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (
            await restrict.SetAsync(
                http.Caller(),
                id,
                body.IsRestricted,
                body.Grants?.Select(grant => grant?.ToGrant() ?? GrantBody.Nobody).ToList(),
                ct
            )
        ).Match(permissions => Answers.Ok(PermissionsBody.From(permissions), "Permissions set"), ErrorMap.ToAnswer);
    }
}

internal sealed record NewPermissionsBody(bool? IsRestricted, IReadOnlyList<GrantBody?>? Grants);

internal sealed record PermissionsBody(Guid WorkflowId, bool IsRestricted, IEnumerable<GrantBody> Grants)
{
    public static PermissionsBody From(WorkflowPermissions permissions) =>
        new(permissions.Workflow.Value, permissions.IsRestricted, permissions.Grants.Select(GrantBody.From));
}

internal sealed record GrantBody(
    Guid? UserId,
    string? Role,
    long? EntityId,
    string? Name,
    bool CanView,
    bool CanEdit,
    bool CanExecute,
    bool CanDelete,
    bool CanManagePermissions
)
{
    public static WorkflowGrant Nobody { get; } = new(new(null, null, null), WorkflowRights.None);

    public static GrantBody From(WorkflowGrant grant) =>
        new(
            grant.To.User?.Value,
            grant.To.Role,
            grant.To.Entity?.Value,
            grant.Name,
            grant.Rights.HasFlag(WorkflowRights.View),
            grant.Rights.HasFlag(WorkflowRights.Edit),
            grant.Rights.HasFlag(WorkflowRights.Execute),
            grant.Rights.HasFlag(WorkflowRights.Delete),
            grant.Rights.HasFlag(WorkflowRights.ManagePermissions)
        );

    // Who may do something may see it.
    public WorkflowGrant ToGrant()
    {
        var rights =
            (CanView ? WorkflowRights.View : WorkflowRights.None)
            | (CanEdit ? WorkflowRights.Edit : WorkflowRights.None)
            | (CanExecute ? WorkflowRights.Execute : WorkflowRights.None)
            | (CanDelete ? WorkflowRights.Delete : WorkflowRights.None)
            | (CanManagePermissions ? WorkflowRights.ManagePermissions : WorkflowRights.None);
        return new(
            new(
                UserId is { } user ? new UserId(user) : null,
                Guid.TryParse(Role, out var own) ? own.ToString() : Role,
                EntityId is { } entity ? new EntityId(entity) : null
            ),
            rights == WorkflowRights.None ? rights : rights | WorkflowRights.View
        );
    }
}
