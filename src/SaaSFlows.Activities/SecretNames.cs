using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace SaaSFlows.Activities;

/// <summary>Names of headers, parameters and variables whose values are secrets by the look of them.</summary>
public static partial class SecretNames
{
    // Words of a name, such as X-Api-Key, access_token or clientSecret.
    private static readonly FrozenSet<string> Words = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "auth",
        "authorization",
        "cookie",
        "cookie2",
        "credential",
        "credentials",
        "jwt",
        "key",
        "apikey",
        "passwd",
        "password",
        "pwd",
        "secret",
        "sig",
        "signature",
        "token"
    );

    /// <summary>Whether something of that name is probably a secret. The idempotency key is none, and worth seeing.</summary>
    public static bool Contains(string name) =>
        !name.Equals("Idempotency-Key", StringComparison.OrdinalIgnoreCase) && Word().Matches(name).Any(word => Words.Contains(word.Value));

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();
}
