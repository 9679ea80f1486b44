using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Accounts;

/// <summary>Who is in the tenant, and as what.</summary>
internal static class MemberRoutes
{
    private static IResult NoMember => new AccountsError.NotFound("member").ToAnswer();

    public static void Map(IEndpointRouteBuilder routes)
    {
        var members = routes.MapGroup("/api/v1/members");
        members.MapGet("", ListAsync).Needs(Permission.ManageMembers);
        members.MapDelete("/me", LeaveAsync).NeedsSignIn();
        members.MapGet("/{user_id}", GetAsync).Needs(Permission.ManageMembers);
        members.MapPatch("/{user_id}", ChangeAsync).Needs(Permission.ManageMembers);
        members.MapDelete("/{user_id}", RemoveAsync).Needs(Permission.ManageMembers);
    }

    private static async Task<IResult> ListAsync(HttpContext http, MembersHandler members, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var filter = new MemberFilter(query.Text("search", 200), query.Text("role", 60));
        var page = query.Page();
        if (query.Refusal is { } refusal)
        {
            return refusal;
        }

        return Answers.List(await members.ListAsync(http.Caller(), filter, page.Skip, page.Size, ct), page, MemberBody.From);
    }

    private static async Task<IResult> GetAsync(HttpContext http, string user_id, MembersHandler members, CancellationToken ct) =>
        User(user_id) is { } user
            ? (await members.GetAsync(http.Caller(), user, ct)).Match(member => Answers.Ok(MemberDetailsBody.From(member)), ErrorMap.ToAnswer)
            : NoMember;

    private static async Task<IResult> ChangeAsync(HttpContext http, string user_id, MembersHandler members, CancellationToken ct)
    {
        if (User(user_id) is not { } user)
        {
            return NoMember;
        }

        var read = await ChangeBody.ReadAsync<ChangeMemberBody, MemberDetailsBody>(
            http,
            async _ => (await members.GetAsync(http.Caller(), user, ct)).Match<MemberDetailsBody?>(MemberDetailsBody.From, _ => null),
            "last_used_at"
        );
        if (!read.Is(out var body, out var refusal))
        {
            return refusal;
        }

        return body.Role is { } role
            ? (await members.ChangeRoleAsync(http.Caller(), user, role, ct)).Match(
                member => Answers.Ok(MemberDetailsBody.From(member), "The role was changed"),
                ErrorMap.ToAnswer
            )
            : Answers.FieldErrors("input.invalid", new Dictionary<string, string> { ["role"] = "is missing." });
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, string user_id, MembersHandler members, CancellationToken ct) =>
        User(user_id) is { } user ? Removed(await members.RemoveAsync(http.Caller(), user, ct), "The member was removed") : NoMember;

    private static async Task<IResult> LeaveAsync(HttpContext http, MembersHandler members, CancellationToken ct) =>
        Removed(await members.LeaveAsync(http.Caller(), ct), "You have left");

    private static IResult Removed(AccountsResult<UserId> outcome, string message) =>
        outcome.Match(user => Answers.Ok(new RemovedMemberBody(user.Value), message), ErrorMap.ToAnswer);

    private static UserId? User(string text) => Guid.TryParse(text, out var id) ? new UserId(id) : null;
}

/// <param name="Role">owner, admin, editor, operator, viewer, or the id of one of the tenant's own roles.</param>
internal sealed record ChangeMemberBody(string? Role);

internal sealed record RemovedMemberBody(Guid UserId);

/// <param name="Role">As a request names it.</param>
/// <param name="RoleName">For people.</param>
internal sealed record MemberBody(
    Guid UserId,
    string Username,
    string Email,
    string Role,
    string RoleName,
    DateTimeOffset JoinedAt,
    DateTimeOffset? LastUsedAt,
    bool IsServiceAccount
)
{
    public static MemberBody From(MemberSummary member) =>
        new(
            member.User.UserId.Value,
            member.User.Username,
            member.User.Email,
            member.Role.Key,
            member.Role.Name,
            member.JoinedAt,
            member.LastUsedAt,
            member.IsServiceAccount
        );
}

/// <param name="Communities">Where the role holds; empty for owners and admins, who act in all.</param>
internal sealed record MemberDetailsBody(
    Guid UserId,
    string Username,
    string Email,
    string Role,
    string RoleName,
    DateTimeOffset JoinedAt,
    DateTimeOffset? LastUsedAt,
    bool IsServiceAccount,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<MemberCommunityBody> Communities
)
{
    public static MemberDetailsBody From(MemberDetails details) =>
        new(
            details.Member.User.UserId.Value,
            details.Member.User.Username,
            details.Member.User.Email,
            details.Member.Role.Key,
            details.Member.Role.Name,
            details.Member.JoinedAt,
            details.Member.LastUsedAt,
            details.Member.IsServiceAccount,
            [.. details.Member.Role.Permissions.Order(StringComparer.Ordinal)],
            [
                .. details.Communities.Select(community => new MemberCommunityBody(
                    community.CommunityId.Value,
                    community.Name,
                    community.Role.Key,
                    community.Role.Name
                )),
            ]
        );
}

internal sealed record MemberCommunityBody(long CommunityId, string Name, string Role, string RoleName);
