using System.Security.Cryptography;
using System.Text;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>A checked token.</summary>
/// <param name="Caller">The user of the token.</param>
/// <param name="Session">The session of the token.</param>
/// <param name="ExpiresAt">The end of the token. Streams must end then.</param>
/// <param name="Csrf">Null unless the token belongs to a cookie session.</param>
public sealed record ValidToken(Caller Caller, SessionId Session, DateTimeOffset ExpiresAt, string? Csrf)
{
    /// <summary>The time at which it was made. It does not reflect later changes.</summary>
    public DateTimeOffset IssuedAt { get; init; }

    /// <summary>The grant, if the token belongs to a client; else null.</summary>
    public ClientGrant? Grant { get; init; }

    /// <summary>Whether the header repeats the value of the session. A token without a value was not made for cookies and never matches.</summary>
    public bool CsrfMatches(string? header) =>
        Csrf is not null
        && header is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Csrf), Encoding.UTF8.GetBytes(header));

    public override string ToString() => $"token of {Caller.UserId}";
}
