using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Identity.SecondFactor;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Accounts;

/// <summary>Codes of authenticator apps.</summary>
internal static class SecondFactorRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/auth/login/totp", SignInAsync).IsPublic();
        var own = routes.MapGroup("/api/v1/me/totp");
        own.MapGet("", GetAsync).NeedsSession();
        own.MapPost("", BeginAsync).NeedsSession();
        own.MapPost("/confirm", ConfirmAsync).NeedsSession();
        own.MapDelete("", RemoveAsync).NeedsSession();
    }

    private static async Task<IResult> SignInAsync(HttpContext http, SecondFactorSignInHandler signIn, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<TotpSignInBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (await signIn.HandleAsync(body.Challenge, body.Code, http.ClientInfo(), ct)).Match(
            session => SessionRoutes.Signed(http, session, TokenBody.From(session), "Signed in", StatusCodes.Status200OK),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> GetAsync(HttpContext http, SecondFactorHandler factors, CancellationToken ct)
    {
        var state = await factors.GetAsync(http.Caller(), ct);
        return Answers.Ok(new TotpStateBody(state.Since, state.RecoveryCodesLeft));
    }

    private static async Task<IResult> BeginAsync(HttpContext http, SecondFactorHandler factors, CancellationToken ct) =>
        (await factors.BeginAsync(http.Caller(), ct)).Match(
            made =>
                Answers.Created(
                    new TotpSecretBody(made.Secret, made.Uri.AbsoluteUri),
                    "Show it to your authenticator app, then confirm with its code"
                ),
            ErrorMap.ToAnswer
        );

    private static async Task<IResult> ConfirmAsync(HttpContext http, SecondFactorHandler factors, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<TotpCodeBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (await factors.ConfirmAsync(http.Caller(), body.Code, ct)).Match(
            codes => Answers.Ok(new RecoveryCodesBody(codes), "The second factor is on. Store the recovery codes now: they are not shown again"),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> RemoveAsync(HttpContext http, SecondFactorHandler factors, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<TotpCodeBody>(http, optional: true)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        return (await factors.RemoveAsync(http.Caller(), body.Code, ct))?.ToAnswer() ?? Answers.Ok(new { }, "The second factor is off");
    }
}

/// <param name="Challenge">From the sign-in's answer.</param>
/// <param name="Code">The app's, or a recovery code.</param>
internal sealed record TotpSignInBody(string? Challenge, string? Code)
{
    public override string ToString() => "***";
}

/// <param name="Code">The app's; to switch it off, a recovery code will do too.</param>
internal sealed record TotpCodeBody(string? Code)
{
    public override string ToString() => "***";
}

/// <param name="OnSince">Null if it is off.</param>
internal sealed record TotpStateBody(DateTimeOffset? OnSince, int RecoveryCodesLeft);

/// <param name="Secret">Base32.</param>
internal sealed record TotpSecretBody(string Secret, string OtpauthUri)
{
    public override string ToString() => "***";
}

internal sealed record RecoveryCodesBody(IReadOnlyList<string> RecoveryCodes)
{
    public override string ToString() => "***";
}
