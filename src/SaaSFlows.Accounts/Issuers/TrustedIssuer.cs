using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers;

/// <summary>An issuer whose tokens a tenant accepts, and what they count for.</summary>
/// <param name="TrustedIssuerId">Names the trust.</param>
/// <param name="Name">For people.</param>
/// <param name="Issuer">The issuer's address, exactly as its tokens have it in <c>iss</c>.</param>
/// <param name="Audience">What the tokens must have in <c>aud</c>.</param>
/// <param name="JwksUri">Where its keys are; null: it is asked (OpenID Connect Discovery).</param>
/// <param name="Algorithms">Those that its tokens may be signed with.</param>
/// <param name="UserClaim">The claim that tells its users apart, such as <c>sub</c>; <c>email</c> counts only if the issuer has verified it.</param>
/// <param name="Permissions">What its tokens allow at most; the member's own permissions narrow that.</param>
/// <param name="Subjects">For whom a token speaks, by its user's name there.</param>
/// <param name="EveryoneElse">The service account for users who are not listed; null: they are refused.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
public sealed record TrustedIssuer(
    TrustedIssuerId TrustedIssuerId,
    string Name,
    string Issuer,
    string Audience,
    string? JwksUri,
    IReadOnlyList<string> Algorithms,
    string UserClaim,
    IReadOnlyList<string> Permissions,
    IReadOnlyList<TrustedSubject> Subjects,
    UserId? EveryoneElse,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt
);

/// <summary>One user of an issuer.</summary>
/// <param name="Subject">The value of the claim that names them.</param>
/// <param name="User">The member; null: refused, as somebody is whose member was removed.</param>
public sealed record TrustedSubject(string Subject, UserId? User);

/// <summary>What a trust is to be. Null leaves what is there, and is the default of a new one.</summary>
/// <param name="JwksUri">Empty: by discovery.</param>
/// <param name="EveryoneElse">A service account's id; empty: nobody.</param>
public sealed record WriteTrustedIssuer(
    string? Name,
    string? Issuer,
    string? Audience,
    string? JwksUri,
    IReadOnlyList<string>? Algorithms,
    string? UserClaim,
    IReadOnlyList<string>? Permissions,
    IReadOnlyList<TrustedSubject>? Subjects,
    string? EveryoneElse
);
