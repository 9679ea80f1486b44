using SaaSFlows.Accounts.Access;

namespace SaaSFlows.Accounts.OpenId.Internal;

/// <summary>Which addresses may be registered, and which one a request may name.</summary>
internal static class RedirectUris
{
    public const int Most = 20;

    private const int Longest = 2000;

    /// <summary>
    /// https anywhere; http only on the machine itself (RFC 8252, section 7.3). No fragment, nobody's name, nothing that browsers rewrite.
    /// </summary>
    public static bool MayRegister(string uri) =>
        uri.Length <= Longest
        && uri.All(c => char.IsBetween(c, '!', '~') && c is not ('\\' or '#'))
        && Uri.TryCreate(uri, UriKind.Absolute, out var parsed)
        && parsed.UserInfo.Length == 0
        && parsed.Host.Length > 0
        && (uri.StartsWith("https://", StringComparison.Ordinal) || LoopbackAddress.Is(uri));

    /// <summary>
    /// True if it is one of the registered ones: as text, but a loopback address may have any port, as an app on a device gets another one each time.
    /// </summary>
    public static bool Matches(IEnumerable<string> registered, string asked) =>
        registered.Contains(asked, StringComparer.Ordinal)
        || (
            LoopbackAddress.TrySplit(asked, out var wanted) && registered.Any(one => LoopbackAddress.TrySplit(one, out var known) && known == wanted)
        );
}
