using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Identity.Passwords;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Accounts;

/// <summary>New passwords, for who knows the old one and for who forgot it.</summary>
internal static class PasswordRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/me/password", ChangeAsync).NeedsSession();
        var password = routes.MapGroup("/api/v1/auth/password");
        password.MapPost("/forgot", ForgotAsync).IsPublic();
        password.MapPost("/reset", ResetAsync).IsPublic();
    }

    private static async Task<IResult> ChangeAsync(HttpContext http, PasswordsHandler passwords, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<ChangePasswordBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        var changed = await passwords.ChangeAsync(http.Caller(), http.Session(), body.CurrentPassword, body.NewPassword, ct);
        return changed.Match(
            ended => Answers.Ok(new SessionsEndedBody(ended), "The password is changed, and the other sessions have ended"),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> ForgotAsync(HttpContext http, PasswordsHandler passwords, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<ForgotPasswordBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (await passwords.ForgotAsync(body.Email, http.ClientInfo(), ct))?.ToAnswer()
            ?? Answers.Accepted(new { }, "If there is an account with this address, a mail with a link is on its way");
    }

    private static async Task<IResult> ResetAsync(HttpContext http, PasswordsHandler passwords, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<ResetPasswordBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (await passwords.ResetAsync(body.Token, body.NewPassword, http.ClientInfo(), ct))?.ToAnswer()
            ?? Answers.Ok(new { }, "The new password is set, and all sessions have ended");
    }
}

/// <param name="NewPassword">At least 12 characters.</param>
internal sealed record ChangePasswordBody(string? CurrentPassword, string? NewPassword)
{
    public override string ToString() => "***";
}

internal sealed record ForgotPasswordBody(string? Email);

/// <param name="Token">From the mailed link.</param>
/// <param name="NewPassword">At least 12 characters.</param>
internal sealed record ResetPasswordBody(string? Token, string? NewPassword)
{
    public override string ToString() => "***";
}
