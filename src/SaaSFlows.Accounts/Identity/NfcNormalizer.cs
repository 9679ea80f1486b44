using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Identity;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>
/// Normalises addresses for look-ups, independent of case and of the composition of accents. The framework's own class needs ICU for that, which the
/// program does not need otherwise.
/// </summary>
internal sealed class NfcNormalizer : ILookupNormalizer
{
    public static string Normalize(string text) => Nfc.Of(text).ToUpperInvariant();

    [return: NotNullIfNotNull(nameof(name))]
    public string? NormalizeName(string? name) => name is null ? null : Normalize(name);

    [return: NotNullIfNotNull(nameof(email))]
    public string? NormalizeEmail(string? email) => NormalizeName(email);
}
