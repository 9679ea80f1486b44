using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Directory.Invitations;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Accounts;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Invitations;

/// <summary>Links by which people join a tenant. Whoever looks or accepts names an invitation by its token, whoever revokes by its id.</summary>
internal static class InvitationRoutes
{
    private static IResult NoInvitation => Answers.Error(ErrorCode.NotFound, "invitation.not_found", "No such invitation.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var invitations = routes.MapGroup("/api/v1/invitations");
        invitations.MapPost("", CreateAsync).Needs(Permission.ManageMembers);
        invitations.MapGet("", ListAsync).Needs(Permission.ManageMembers);
        invitations.MapDelete("/{invitation}", RevokeAsync).Needs(Permission.ManageMembers);
        invitations.MapGet("/{invitation}", LookAsync).IsPublic();
        invitations.MapPost("/{invitation}/accept", AcceptAsync).IsPublic();
    }

    private static async Task<IResult> CreateAsync(HttpContext http, InvitationsHandler invitations, TenantOptions tenants, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<NewInvitationBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var communities = (body.Communities ?? []).Select(c => new WantedPlace(new(c.CommunityId), c.Role)).ToList();
        return (await invitations.CreateAsync(http.Caller(), body.Email, body.Role, communities, ct)).Match(
            made =>
                Answers.Created(
                    new InvitationMadeBody(
                        InvitationBody.From(made.Invitation),
                        made.Token,
                        $"{NamedTenant.ProductUrl(http, tenants)}/invitations/{made.Token}"
                    ),
                    "Invited. The link is shown this once"
                ),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> ListAsync(HttpContext http, InvitationsHandler invitations, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        return query.Refusal ?? Answers.List(await invitations.ListAsync(http.Caller(), page.Skip, page.Size, ct), page, InvitationBody.From);
    }

    private static async Task<IResult> RevokeAsync(HttpContext http, string invitation, InvitationsHandler invitations, CancellationToken ct) =>
        RouteIds.Invitation(invitation) is { } id
            ? (await invitations.RevokeAsync(http.Caller(), id, ct)).Match(
                revoked => Answers.Ok(InvitationBody.From(revoked), "Invitation revoked"),
                ErrorMap.ToAnswer
            )
            : NoInvitation;

    private static async Task<IResult> LookAsync(HttpContext http, string invitation, AcceptInvitationHandler invitations, CancellationToken ct) =>
        (await invitations.LookAsync(invitation, ct)).Match(
            found => NamedTenant.Allows(http, found.TenantId) ? Answers.Ok(OpenInvitationBody.From(found)) : NoInvitation,
            ErrorMap.ToAnswer
        );

    private static async Task<IResult> AcceptAsync(HttpContext http, string invitation, AcceptInvitationHandler invitations, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<AcceptBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (
            NamedTenant.Of(http) is not null
            && (await invitations.LookAsync(invitation, ct)).Match(
                found => NamedTenant.Allows(http, found.TenantId) ? null : NoInvitation,
                ErrorMap.ToAnswer
            )
                is { } elsewhere
        )
        {
            return elsewhere;
        }

        var caller = http.Features.Get<Caller>() is null ? null : http.Caller();
        var byCookie = body.Cookie || http.Features.Get<ValidToken>()?.Csrf is not null;
        return (await invitations.AcceptAsync(new(invitation, body.Password, byCookie), caller, http.ClientInfo(), ct)).Match(
            session => SessionRoutes.Signed(http, session, TokenBody.From(session), "Welcome", StatusCodes.Status200OK),
            ErrorMap.ToAnswer
        );
    }
}
