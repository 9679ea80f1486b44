using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Accounts.OpenId;

namespace SaaSFlows.Api.OpenId;

/// <summary>Answers as OAuth clients read them: no envelope, and nothing that any cache may keep.</summary>
internal static class OAuthAnswers
{
    public static IResult MalformedForm =>
        Error(new("invalid_request", "Send a form of at most 64 KiB, each field once, and the client's credentials in one place."));

    public static IResult Ok<T>(T body) => new NotStored(Results.Json(body));

    public static IResult Empty => new NotStored(Results.Empty);

    /// <summary>RFC 6749, 5.2.</summary>
    public static IResult Error(OAuthError error) =>
        new NotStored(Results.Json(new OAuthErrorBody(error.Code, error.Description), statusCode: Status(error)), error);

    private static int Status(OAuthError error) =>
        error switch
        {
            { RetryAfter: not null } => StatusCodes.Status429TooManyRequests,
            { Code: OAuthError.InvalidClient or "invalid_token" } => StatusCodes.Status401Unauthorized,
            { Code: "insufficient_scope" } => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };

    private sealed class NotStored(IResult answer, OAuthError? error = null) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            headers.CacheControl = "no-store";
            headers.Pragma = "no-cache";
            if (error is { RetryAfter: { } wait })
            {
                headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }
            else if (error is { Code: OAuthError.InvalidClient })
            {
                headers.WWWAuthenticate = "Basic realm=\"SaaSFlows\", charset=\"UTF-8\"";
            }
            else if (error is { Code: "insufficient_scope" or "invalid_token" })
            {
                headers.WWWAuthenticate = $"Bearer error=\"{error.Code}\"";
            }

            return answer.ExecuteAsync(httpContext);
        }
    }
}

internal sealed record OAuthErrorBody(string Error, string ErrorDescription);

/// <param name="ExpiresIn">Seconds.</param>
internal sealed record TokenSetBody(
    string AccessToken,
    string TokenType,
    int ExpiresIn,
    string Scope,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? IdToken
)
{
    public static TokenSetBody From(TokenSet tokens) =>
        new(tokens.AccessToken, "Bearer", (int)tokens.ExpiresIn.TotalSeconds, tokens.Scope, tokens.RefreshToken, tokens.IdToken);

    public override string ToString() => "***";
}

/// <summary>RFC 7662. Times are seconds since 1970.</summary>
internal sealed record IntrospectionBody(bool Active)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TokenType { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Iss { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Sub { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Username { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? TenantId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? ClientId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Scope { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Permissions { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Iat { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Exp { get; init; }

    public static IntrospectionBody From(ActiveToken? token, string issuer) =>
        token is null
            ? new(false)
            : new(true)
            {
                TokenType = token.IsAccessToken ? "Bearer" : "refresh_token",
                Iss = issuer,
                Sub = token.User.Value,
                Username = token.Username,
                TenantId = token.Tenant.Value,
                ClientId = token.Grant?.Client.Value,
                Scope = token.Grant?.Scope,
                Permissions = token.Permissions,
                Iat = token.IssuedAt.ToUnixTimeSeconds(),
                Exp = token.ExpiresAt.ToUnixTimeSeconds(),
            };
}

internal sealed record UserInfoBody(
    Guid Sub,
    Guid TenantId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PreferredUsername,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Email,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? EmailVerified
);
