using System.Text;
using ADRaffy.ENSNormalize;

namespace SaaSFlows.Primitives;

/// <summary>
/// Text in Unicode NFC: the same whichever way a keyboard composes its accents. What people type is stored as it came and compared like this.
/// </summary>
public static class Nfc
{
    /// <summary>The text composed. The framework's own does nothing without ICU, which the program does not need.</summary>
    public static string Of(string text) => Ascii.IsValid(text) ? text : ENSNormalize.NF.NFC(text);
}
