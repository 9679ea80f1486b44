using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Issuers;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Issuers;

/// <summary>Other issuers whose tokens the tenant accepts.</summary>
internal static class TrustedIssuerRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var issuers = routes.MapGroup("/api/v1/trusted-issuers");
        issuers.MapGet("", ListAsync).Needs(Permission.ManageTenant);
        issuers.MapPost("", CreateAsync).Needs(Permission.ManageTenant);
        issuers.MapGet("/{trusted_issuer_id}", GetAsync).Needs(Permission.ManageTenant);
        issuers.MapPatch("/{trusted_issuer_id}", ChangeAsync).Needs(Permission.ManageTenant);
        issuers.MapDelete("/{trusted_issuer_id}", DeleteAsync).Needs(Permission.ManageTenant);
    }

    private static async Task<IResult> ListAsync(HttpContext http, TrustedIssuersHandler issuers, CancellationToken ct)
    {
        var query = new QueryReader(http.Request.Query);
        var page = query.Page();
        return query.Refusal ?? Answers.List(await issuers.ListAsync(http.Caller(), page.Skip, page.Size, ct), page, TrustedIssuerBody.From);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, TrustedIssuersHandler issuers, CancellationToken ct) =>
        (await RequestBody.ReadAsync<TrustedIssuerRequest>(http)).Is(out var body, out var refusal)
            ? (await issuers.CreateAsync(http.Caller(), body.ToCommand(), ct)).Match(
                trust => Answers.Created(TrustedIssuerBody.From(trust), "The issuer is trusted"),
                ErrorMap.ToAnswer
            )
            : refusal;

    private static async Task<IResult> GetAsync(HttpContext http, string trusted_issuer_id, TrustedIssuersHandler issuers, CancellationToken ct) =>
        (await issuers.GetAsync(http.Caller(), Id(trusted_issuer_id), ct)).Match(
            trust => Answers.Ok(TrustedIssuerBody.From(trust)),
            ErrorMap.ToAnswer
        );

    private static async Task<IResult> ChangeAsync(HttpContext http, string trusted_issuer_id, TrustedIssuersHandler issuers, CancellationToken ct) =>
        (
            await ChangeBody.ReadAsync<TrustedIssuerRequest, TrustedIssuerBody>(
                http,
                async _ =>
                    (await issuers.GetAsync(http.Caller(), Id(trusted_issuer_id), ct)).Match<TrustedIssuerBody?>(TrustedIssuerBody.From, _ => null)
            )
        ).Is(out var body, out var refusal)
            ? (await issuers.ChangeAsync(http.Caller(), Id(trusted_issuer_id), body.ToCommand(), ct)).Match(
                trust => Answers.Ok(TrustedIssuerBody.From(trust), "The trust was changed"),
                ErrorMap.ToAnswer
            )
            : refusal;

    private static async Task<IResult> DeleteAsync(HttpContext http, string trusted_issuer_id, TrustedIssuersHandler issuers, CancellationToken ct) =>
        (await issuers.DeleteAsync(http.Caller(), Id(trusted_issuer_id), ct)).Match(
            trust => Answers.Ok(TrustedIssuerBody.From(trust), "The issuer is not trusted any more"),
            ErrorMap.ToAnswer
        );

    // What is no id names nothing.
    private static TrustedIssuerId Id(string text) => new(Guid.TryParse(text, out var id) ? id : Guid.Empty);
}

/// <param name="JwksUri">Empty: by discovery.</param>
/// <param name="EveryoneElse">Empty: nobody.</param>
internal sealed record TrustedIssuerRequest(
    string? Name,
    string? Issuer,
    string? Audience,
    string? JwksUri,
    IReadOnlyList<string?>? Algorithms,
    string? UserClaim,
    IReadOnlyList<string?>? Permissions,
    IReadOnlyList<TrustedSubjectBody?>? Subjects,
    string? EveryoneElse
)
{
    public WriteTrustedIssuer ToCommand() =>
        new(
            Name,
            Issuer,
            Audience,
            JwksUri,
            Algorithms?.Select(one => one ?? "").ToList(),
            UserClaim,
            Permissions?.Select(one => one ?? "").ToList(),
            Subjects?.Select(one => new TrustedSubject(one?.Subject ?? "", one?.UserId is { } user ? new UserId(user) : null)).ToList(),
            EveryoneElse
        );
}

/// <param name="UserId">Null: refused.</param>
internal sealed record TrustedSubjectBody(string? Subject, Guid? UserId);

internal sealed record TrustedIssuerBody(
    Guid TrustedIssuerId,
    string Name,
    string Issuer,
    string Audience,
    string? JwksUri,
    IReadOnlyList<string> Algorithms,
    string UserClaim,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<TrustedSubjectBody> Subjects,
    Guid? EveryoneElse,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
)
{
    public static TrustedIssuerBody From(TrustedIssuer trust) =>
        new(
            trust.TrustedIssuerId.Value,
            trust.Name,
            trust.Issuer,
            trust.Audience,
            trust.JwksUri,
            trust.Algorithms,
            trust.UserClaim,
            trust.Permissions,
            [.. trust.Subjects.Select(one => new TrustedSubjectBody(one.Subject, one.User?.Value))],
            trust.EveryoneElse?.Value,
            trust.CreatedAt,
            trust.UpdatedAt
        );
}
