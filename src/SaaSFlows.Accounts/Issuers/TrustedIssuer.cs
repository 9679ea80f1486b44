using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers;

/// <summary>An issuer whose tokens a tenant accepts.</summary>
/// <param name="TrustedIssuerId">The id of the trust.</param>
/// <param name="Name">For people.</param>
/// <param name="Issuer">The issuer's address, exactly as its tokens have it in <c>iss</c>.</param>
/// <param name="Audience">The audience that <c>aud</c> must contain.</param>
/// <param name="JwksUri">The address of its keys; null uses OpenID Connect Discovery.</param>
/// <param name="Algorithms">Those that its tokens may be signed with.</param>
/// <param name="UserClaim">The claim that tells its users apart, such as <c>sub</c>; <c>email</c> counts only if the issuer has verified it.</param>
/// <param name="Permissions">The most that its tokens allow; the member's permissions narrow it.</param>
/// <param name="Subjects">The members by the issuer's name of the user.</param>
/// <param name="EveryoneElse">The service account for users who are not listed; null refuses them.</param>
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

/// <summary>The assignment of a user of an issuer to a member.</summary>
/// <param name="Subject">The value of the claim that names them.</param>
/// <param name="User">The member; null refuses the user, also after the member was removed.</param>
public sealed record TrustedSubject(string Subject, UserId? User);

/// <summary>The fields of a new or changed trust. Null keeps the value or uses the default.</summary>
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
