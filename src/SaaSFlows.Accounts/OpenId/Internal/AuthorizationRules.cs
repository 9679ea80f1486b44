using System.Globalization;
using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>What an authorization request must look like, once it is known where its answer goes.</summary>
internal static class AuthorizationRules
{
    private const int LongestState = 2000;
    private const int LongestNonce = 500;
    private const int ChallengeLength = 43;

    private static readonly string[] _prompts = ["none", "login", "consent", "select_account"];

    /// <summary>Null if all is right.</summary>
    public static OAuthError? Check(AuthorizationRequest request) =>
        request.HasDuplicates ? OAuthError.Request("A parameter came twice.")
        : request["request"] is not null ? new("request_not_supported", "Request objects are not supported.")
        : request["request_uri"] is not null ? new("request_uri_not_supported", "Request objects are not supported.")
        : request["response_type"] is null ? OAuthError.Request("response_type is missing.")
        : request["response_type"] != "code" ? new("unsupported_response_type", "response_type must be code.")
        : request["response_mode"] is not (null or "query") ? OAuthError.Request("response_mode must be query.")
        : CheckProof(request)
            ?? CheckSizes(request)
            ?? CheckPrompt(request)
            ?? (Scopes.Parse(request["scope"]) is [] ? new("invalid_scope", "scope names nothing that exists.") : null);

    // Without it, or in plain, whoever sees the code in a browser's history can use it.
    private static OAuthError? CheckProof(AuthorizationRequest request) =>
        request["code_challenge_method"] != "S256" ? OAuthError.Request("code_challenge_method must be S256.")
        : request["code_challenge"] is not { Length: ChallengeLength } challenge
        || !System.Buffers.Text.Base64Url.IsValid(challenge)
        || !challenge.All(IsUnreserved)
            ? OAuthError.Request("code_challenge must be the SHA-256 of the verifier in base64url, without padding.")
        : null;

    private static bool IsUnreserved(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';

    private static OAuthError? CheckSizes(AuthorizationRequest request) =>
        request["state"]?.Length > LongestState || request["nonce"]?.Length > LongestNonce || request["nonce"]?.Any(char.IsControl) == true
            ? OAuthError.Request($"state has at most {LongestState} characters, nonce at most {LongestNonce} printable ones.")
            : null;

    private static OAuthError? CheckPrompt(AuthorizationRequest request) =>
        request.Prompts.Except(_prompts).Any() || (request.Prompts.Contains("none") && request.Prompts.Count > 1)
            ? OAuthError.Request("prompt must be none, or some of login, consent and select_account.")
        : request["max_age"] is { } age && !int.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? OAuthError.Request("max_age must be a number of seconds.")
        : null;
}
