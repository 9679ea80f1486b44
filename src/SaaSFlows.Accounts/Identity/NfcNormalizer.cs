using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Identity;
using SaaSFlows.Primitives;

namespace SaaSFlows.Accounts.Identity;

/// <summary>
/// Under which an address is found: the same whatever its case, and however its accents are composed. The framework's own knows the latter only with
/// ICU, which the program does not need.
/// </summary>
internal sealed class NfcNormalizer : ILookupNormalizer
{
    public static string Normalize(string text) => Nfc.Of(text).ToUpperInvariant();

    [return: NotNullIfNotNull(nameof(name))]
    public string? NormalizeName(string? name) => name is null ? null : Normalize(name);

    [return: NotNullIfNotNull(nameof(email))]
    public string? NormalizeEmail(string? email) => NormalizeName(email);
}
