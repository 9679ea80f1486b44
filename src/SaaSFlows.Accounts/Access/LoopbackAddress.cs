using System.Globalization;
using System.Text.RegularExpressions;

namespace SaaSFlows.Accounts.Access;

/// <summary>
/// The rule for addresses that need no encryption: http on the machine itself, named localhost, 127.0.0.1 or [::1] (RFC 8252, section 7.3).
/// </summary>
internal static partial class LoopbackAddress
{
    private const int HighestPort = 65_535;

    public static bool Is(string uri) => TrySplit(uri, out _);

    /// <param name="withoutPort">The same address without its port.</param>
    public static bool TrySplit(string uri, out string withoutPort)
    {
        var match = Pattern().Match(uri);
        withoutPort = match.Groups["host"].Value + match.Groups["rest"].Value;
        return match.Success
            && (!match.Groups["port"].Success || int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture) is >= 1 and <= HighestPort);
    }

    // The whole text is matched, so that nothing can be between the host and the path: no http://127.0.0.1:80@elsewhere.
    [GeneratedRegex(
        @"\A(?<host>http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::(?<port>[0-9]{1,5}))?(?<rest>[/?][!-~]*)?\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex Pattern();
}
