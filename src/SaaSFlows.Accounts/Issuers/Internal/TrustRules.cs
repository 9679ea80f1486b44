using SaaSFlows.Accounts.Access;
using SaaSFlows.Accounts.Identity;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Issuers.Internal;

/// <summary>The rules for trusts that need no database.</summary>
internal static class TrustRules
{
    public const int MostSubjects = 500;

    private const int LongestName = 120;
    private const int LongestText = 255;
    private const int LongestAddress = 2000;

    /// <summary>Returns the invalid fields with their problems.</summary>
    public static Dictionary<string, string[]> Check(Caller caller, TrustedIssuer trust, bool isOwnIssuer)
    {
        var errors = new Dictionary<string, string[]>();
        Require(trust.Name.Length <= LongestName && IsText(trust.Name), "name", $"Give it a name of 1 to {LongestName} printable characters.");
        Require(
            IsAddress(trust.Issuer) && !isOwnIssuer && new Uri(trust.Issuer).Query.Length == 0,
            "issuer",
            "The issuer's https address (http on localhost, 127.0.0.1 or [::1] only), exactly as its tokens have it in iss, and not this "
                + "installation itself."
        );
        Require(
            IsText(trust.Audience),
            "audience",
            $"The audience (aud) of the tokens, 1 to {LongestText} characters. Only tokens for this audience are accepted."
        );
        Require(
            trust.JwksUri is null || IsAddress(trust.JwksUri),
            "jwks_uri",
            "An https address (http on localhost, 127.0.0.1 or [::1] only). Without one, the issuer's discovery document is used."
        );
        Require(
            trust.Algorithms.Count > 0 && trust.Algorithms.All(IssuerKey.AllAlgorithms.Contains),
            "algorithms",
            $"At least one of {string.Join(", ", IssuerKey.AllAlgorithms)}."
        );
        Require(IsText(trust.UserClaim), "user_claim", "The name of a claim that is a text, such as sub or email.");
        Require(
            trust.Permissions.Count > 0 && trust.Permissions.All(caller.May),
            "permissions",
            "At least one, and none that you do not have yourself."
        );
        Require(
            trust.Subjects.Count <= MostSubjects
                && trust.Subjects.All(one => IsText(one.Subject))
                && trust.Subjects.DistinctBy(one => one.Subject).Count() == trust.Subjects.Count,
            "subjects",
            $"At most {MostSubjects}, each once and with 1 to {LongestText} characters."
        );
        return errors;

        void Require(bool isRight, string field, string advice)
        {
            if (!isRight)
            {
                errors[field] = [advice];
            }
        }
    }

    /// <summary>Whether the address is https, or on this machine (<see cref="LoopbackAddress"/>), which the operator can open.</summary>
    public static bool IsAddress(string text) =>
        text.Length <= LongestAddress
        && Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.UserInfo.Length == 0
        && uri.Fragment.Length == 0
        && !text.Any(char.IsControl)
        && (uri.Scheme == Uri.UriSchemeHttps || LoopbackAddress.Is(text));

    private static bool IsText(string? text) => text is { Length: > 0 and <= LongestText } && NameText.IsVisible(text);
}
