using System.Text.Json;
using System.Text.RegularExpressions;

namespace SaaSFlows.Accounts.Access.Audit.Internal;

/// <summary>Recognises secrets by the names of their fields and by their form.</summary>
internal static partial class Secrets
{
    public const string Hidden = "***";

    // Longer texts are cut to less than this anyway.
    private const int MostLookedAt = 8_000;

    /// <summary>Whether the value of a field with this name must be masked. Booleans, null and ids are not secret.</summary>
    public static bool Hides(string name, JsonElement value) =>
        value.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null)
        && !name.EndsWith("_id", StringComparison.OrdinalIgnoreCase)
        && Names().IsMatch(name);

    /// <summary>True for a pair such as <c>{"name": "Authorization", "value": "…"}</c>.</summary>
    public static bool IsNamedSecret(JsonElement pair) =>
        (AuditJson.TryFind(pair, "name", out var name) || AuditJson.TryFind(pair, "key", out name))
        && name.ValueKind == JsonValueKind.String
        && Names().IsMatch(AuditJson.Text(name));

    /// <summary>Returns the text with masked secrets.</summary>
    public static string Mask(string text) =>
        Looks().Replace(text.Length <= MostLookedAt ? text : text[..MostLookedAt], Hidden)
        + (text.Length <= MostLookedAt ? "" : text[MostLookedAt..]);

    [GeneratedRegex(
        "passw|passphrase|secret|token|(api|access|private)[-_]?key|authorization|cookie|credential|signature$|recovery[-_]?code|"
            + "^(totp|otp|pin|pwd)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Names();

    // Bearer and basic credentials, JWTs, keys of well-known shape, PEM, user:password@ in an address, token=… in a query.
    [GeneratedRegex(
        """(?<=\b(?:bearer|basic)\s)[\w.~+/=-]{8,}|\beyJ[\w-]{8,}(?:\.[\w-]*)*|\b(?:sf|sk|pk|rk|ghp|gho|ghs|xox[abps]|AKIA|AIza)[-_]?[\w-]{16,}|"""
            + """-----BEGIN[ A-Z]*PRIVATE KEY-----[^-]*(?:-----END[ A-Z]*-----)?|(?<=://[^\s/:@]{0,200}:)[^\s/@]{1,500}(?=@)|"""
            + """(?<=[?&](?:token|key|api_?key|access_token|secret|password|sig|signature)=)[^&\s#]+""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Looks();
}
