using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Accounts.OpenId;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.OpenId;

/// <summary>Where clients send people's browsers, and what they have to know of us.</summary>
internal static class BrowserRoutes
{
    private const string SignInPage = "/sign-in";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/openid-configuration", Discovery).IsPublic();
        routes.MapGet(AuthorizeHandler.Path, AuthorizeAsync).IsPublic().WithoutHead();
        routes
            .MapGet(
                "/connect/logout",
                (HttpContext http, SignOutHandler signOut, CancellationToken ct) => LogoutAsync(http, name => http.Request.Query[name], signOut, ct)
            )
            .IsPublic()
            .WithoutHead();
        routes.MapPost("/connect/logout", LogoutByFormAsync).IsPublic();
    }

    private static IResult Discovery(OpenIdIssuer issuer) => Results.Json(new DiscoveryBody(issuer));

    private static async Task<IResult> AuthorizeAsync(HttpContext http, AuthorizeHandler authorize, CancellationToken ct)
    {
        var query = http.Request.Query;
        var request = new AuthorizationRequest(
            query.ToDictionary(one => one.Key, one => $"{one.Value[0]}", StringComparer.Ordinal),
            query.Any(one => one.Value.Count > 1)
        );
        // Only a browser's own session: an access token that somebody else holds must not become a code.
        var browser = http.Features.Get<ValidToken>() is { Csrf: not null } session ? session : null;
        var answer = await authorize.HandleAsync(request, browser, ct);
        http.Response.Headers.CacheControl = "no-store";
        return answer.Match(
            refused => OAuthAnswers.Error(refused.Error),
            back => Results.Redirect(back.Location),
            signIn => Results.Redirect($"{SignInPage}?return_to={Uri.EscapeDataString(signIn.ReturnTo)}{(signIn.Again ? "&again=true" : "")}")
        );
    }

    private static async Task<IResult> LogoutByFormAsync(HttpContext http, SignOutHandler signOut, CancellationToken ct) =>
        await FormBody.ReadAsync(http) is { } form ? await LogoutAsync(http, name => form[name], signOut, ct) : OAuthAnswers.MalformedForm;

    private static async Task<IResult> LogoutAsync(HttpContext http, Func<string, string?> parameter, SignOutHandler signOut, CancellationToken ct)
    {
        var outcome = await signOut.HandleAsync(
            parameter("id_token_hint"),
            parameter("client_id"),
            parameter("post_logout_redirect_uri"),
            http.ClientInfo(),
            ct
        );
        return outcome.Match(
            left =>
            {
                // Somebody else may be signed in here by now.
                if (http.Features.Get<ValidToken>() is { Csrf: not null } session && session.Session == left.Session)
                {
                    SessionCookies.Clear(http);
                }

                http.Response.Headers.CacheControl = "no-store";
                return Results.Redirect(left.RedirectUri is { } address ? WithState(address, parameter("state")) : SignInPage);
            },
            OAuthAnswers.Error
        );
    }

    private static string WithState(string address, string? state) =>
        string.IsNullOrEmpty(state)
            ? address
            : $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}state={Uri.EscapeDataString(state)}";
}

/// <summary>OpenID Connect Discovery 1.0.</summary>
internal sealed record DiscoveryBody(
    string Issuer,
    string AuthorizationEndpoint,
    string TokenEndpoint,
    string UserinfoEndpoint,
    string EndSessionEndpoint,
    string RevocationEndpoint,
    string IntrospectionEndpoint,
    string JwksUri
)
{
    private static readonly string[] _code = ["code"];
    private static readonly string[] _withSecret = ["client_secret_basic", "client_secret_post"];

    public DiscoveryBody(OpenIdIssuer issuer)
        : this(
            issuer.Issuer,
            issuer.Address + AuthorizeHandler.Path,
            issuer.Address + "/connect/token",
            issuer.Address + "/connect/userinfo",
            issuer.Address + "/connect/logout",
            issuer.Address + "/connect/revoke",
            issuer.Address + "/connect/introspect",
            issuer.Address + "/.well-known/jwks.json"
        ) { }

    public IReadOnlyList<string> ScopesSupported { get; } = Scopes.All;

    public IReadOnlyList<string> ResponseTypesSupported { get; } = _code;

    public IReadOnlyList<string> ResponseModesSupported { get; } = ["query"];

    public IReadOnlyList<string> GrantTypesSupported { get; } = ["authorization_code", "refresh_token", "client_credentials"];

    public IReadOnlyList<string> SubjectTypesSupported { get; } = ["public"];

    public IReadOnlyList<string> IdTokenSigningAlgValuesSupported { get; } = ["ES256"];

    public IReadOnlyList<string> CodeChallengeMethodsSupported { get; } = ["S256"];

    public IReadOnlyList<string> PromptValuesSupported { get; } = ["none", "login", "consent", "select_account"];

    public IReadOnlyList<string> TokenEndpointAuthMethodsSupported { get; } = [.. _withSecret, "none"];

    public IReadOnlyList<string> RevocationEndpointAuthMethodsSupported { get; } = [.. _withSecret, "none"];

    public IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported { get; } = _withSecret;

    public IReadOnlyList<string> ClaimsSupported { get; } =
    ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "tenant_id", "name", "preferred_username", "email", "email_verified"];

    public bool AuthorizationResponseIssParameterSupported { get; } = true;

    public bool RequestUriParameterSupported { get; }
}
