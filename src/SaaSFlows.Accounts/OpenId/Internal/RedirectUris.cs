using System.Text.RegularExpressions;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>Which addresses may be registered, and which one a request may name.</summary>
internal static partial class RedirectUris
{
    public const int Most = 20;

    private const int Longest = 2000;

    /// <summary>https anywhere; http only on the machine itself (RFC 8252, section 7.3). No fragment, nobody's name, nothing that browsers rewrite.</summary>
    public static bool MayRegister(string uri) =>
        uri.Length <= Longest && uri.All(c => char.IsBetween(c, '!', '~') && c is not ('\\' or '#'))
        && Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.UserInfo.Length == 0 && parsed.Host.Length > 0
        && (uri.StartsWith("https://", StringComparison.Ordinal) || Loopback().IsMatch(uri));

    /// <summary>True if it is one of the registered ones: as text, but a loopback address may have any port, as an app on a device gets another one each time.</summary>
    public static bool Matches(IEnumerable<string> registered, string asked) =>
        registered.Contains(asked, StringComparer.Ordinal) || (Loopback().IsMatch(asked) && registered.Any(one => Loopback().IsMatch(one) && WithoutPort(one) == WithoutPort(asked)));

    private static string WithoutPort(string uri) => Loopback().Replace(uri, "$1$2");

    // The whole text, so that nothing can stand between the host and the path: no http://127.0.0.1:80@elsewhere.
    [GeneratedRegex(@"\A(http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::[0-9]{1,5})?([/?][!-~]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Loopback();
}
