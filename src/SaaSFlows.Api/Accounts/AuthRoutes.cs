using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Directory.Members;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.Accounts;

/// <summary>Sign-up, sign-in, who am I.</summary>
internal static class AuthRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var auth = routes.MapGroup("/api/v1/auth");
        auth.MapPost("/register", RegisterAsync).IsPublic();
        auth.MapPost("/login", (HttpContext http, SignInHandler signIn, CancellationToken ct) => LoginAsync(http, null, signIn, ct)).IsPublic();
        routes.MapPost("/api/v1/tenants/{slug}/auth/login", LoginAsync).IsPublic();
        routes.MapGet("/api/v1/me", MeAsync).NeedsSignIn();
        routes.MapGet("/.well-known/jwks.json", KeysAsync).IsPublic();
    }

    private static async Task<IResult> RegisterAsync(HttpContext http, RegisterHandler register, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<RegisterBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (NamedTenant.Of(http) is not null)
        {
            return NamedTenant.LeadsElsewhere;
        }

        var outcome = await register.HandleAsync(
            new Register(body.TenantName, body.Email, body.Password, body.Cookie) { From = http.ClientInfo(), Slug = body.Slug },
            ct
        );
        return outcome.Match(
            made =>
            {
                var data = TokenBody.From(made.Session) with
                {
                    Community = CommunityBody.From(made.Community),
                    Entity = EntityBody.From(made.Entity),
                };
                return SessionRoutes.Signed(http, made.Session, data, "Welcome to SaaSFlows", StatusCodes.Status201Created);
            },
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> LoginAsync(HttpContext http, string? slug, SignInHandler signIn, CancellationToken ct)
    {
        if (!(await RequestBody.ReadAsync<LoginBody>(http)).Is(out var body, out var refusal))
        {
            return refusal;
        }

        if (!NamedTenant.TryRead(http, slug, body.Tenant, out var tenant))
        {
            return NamedTenant.Unclear;
        }

        var outcome = await signIn.HandleAsync(new SignIn(body.Email, body.Password, body.Cookie) { From = http.ClientInfo(), Tenant = tenant }, ct);
        return outcome.Match(
            session => SessionRoutes.Signed(http, session, TokenBody.From(session), "Signed in", StatusCodes.Status200OK),
            ErrorMap.ToAnswer
        );
    }

    private static async Task<IResult> MeAsync(HttpContext http, MeHandler me, CancellationToken ct) =>
        (await me.HandleAsync(http.Caller(), ct)).Match(found => Answers.Ok(MeBody.From(found)), ErrorMap.ToAnswer);

    private static async Task<IResult> KeysAsync(AccessTokens tokens, CancellationToken ct) =>
        Results.Json(new KeySetBody(await tokens.PublicKeysAsync(ct)));
}
