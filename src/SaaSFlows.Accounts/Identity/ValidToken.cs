using System.Security.Cryptography;
using System.Text;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>A token that was checked.</summary>
/// <param name="Caller">Whom it speaks for.</param>
/// <param name="Session">The sign-in that it belongs to.</param>
/// <param name="ExpiresAt">When it ends: a stream that outlives it must end too.</param>
/// <param name="Csrf">Null unless the token belongs to a cookie session.</param>
public sealed record ValidToken(Caller Caller, SessionId Session, DateTimeOffset ExpiresAt, string? Csrf)
{
    /// <summary>When it was made: what has changed since, it does not know.</summary>
    public DateTimeOffset IssuedAt { get; init; }

    /// <summary>Null unless a client was given it.</summary>
    public ClientGrant? Grant { get; init; }

    /// <summary>True if the header repeats the session's value. A token without one was not made for cookies and never matches.</summary>
    public bool CsrfMatches(string? header) =>
        Csrf is not null
        && header is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Csrf), Encoding.UTF8.GetBytes(header));

    public override string ToString() => $"token of {Caller.UserId}";
}
