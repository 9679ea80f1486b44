using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Accounts;

/// <summary>The roles that members can have: the built-in ones and the tenant's own.</summary>
internal static class RoleRoutes
{
    private static IResult NoRole => new AccountsError.NotFound("role").ToAnswer();

    public static void Map(IEndpointRouteBuilder routes)
    {
        var roles = routes.MapGroup("/api/v1/roles");
        roles.MapGet("", ListAsync).Needs(Permission.ManageMembers);
        roles.MapPost("", CreateAsync).Needs(Permission.ManageRoles);
        roles.MapPatch("/{role}", ChangeAsync).Needs(Permission.ManageRoles);
        roles.MapDelete("/{role}", DeleteAsync).Needs(Permission.ManageRoles);
    }

    private static async Task<IResult> ListAsync(HttpContext http, RolesHandler roles, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        return query.Refusal ?? Answers.List(await roles.ListAsync(http.Caller(), page.Skip, page.Size, ct), page, RoleBody.From);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, RolesHandler roles, CancellationToken ct) =>
        (await RequestBody.ReadAsync<WriteRoleBody>(http)).Is(out var body, out var refusal)
            ? (await roles.CreateAsync(http.Caller(), body.Name, body.Permissions, ct)).Match(
                role => Answers.Created(RoleBody.From(role), "The role was made"),
                ErrorMap.ToAnswer
            )
            : refusal;

    private static async Task<IResult> ChangeAsync(HttpContext http, string role, RolesHandler roles, CancellationToken ct)
    {
        if (!Guid.TryParse(role, out var id))
        {
            return NoRole;
        }

        var read = await ChangeBody.ReadAsync<WriteRoleBody, RoleBody>(
            http,
            async _ =>
                (await roles.ListAsync(http.Caller(), 0, int.MaxValue, ct))
                    .Items.Select(RoleBody.From)
                    .FirstOrDefault(role => role.Role == id.ToString())
        );
        return read.Is(out var body, out var refusal)
            ? (await roles.ChangeAsync(http.Caller(), new RoleId(id), body.Name, body.Permissions, ct)).Match(
                changed => Answers.Ok(RoleBody.From(changed), "The role was changed"),
                ErrorMap.ToAnswer
            )
            : refusal;
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, string role, RolesHandler roles, CancellationToken ct) =>
        Guid.TryParse(role, out var id)
            ? (await roles.DeleteAsync(http.Caller(), new RoleId(id), ct)).Match(
                deleted => Answers.Ok(RoleBody.From(deleted), "The role was deleted"),
                ErrorMap.ToAnswer
            )
            : NoRole;
}

internal sealed record WriteRoleBody(string? Name, IReadOnlyList<string>? Permissions);

/// <param name="Role">As a member's role is named in requests: a built-in role's name, or the id of the tenant's own.</param>
internal sealed record RoleBody(string Role, string Name, bool BuiltIn, IReadOnlyList<string> Permissions)
{
    public static RoleBody From(MemberRole role) =>
        new(role.Key, role.Name, role.BuiltIn is not null, [.. role.Permissions.Order(StringComparer.Ordinal)]);
}
