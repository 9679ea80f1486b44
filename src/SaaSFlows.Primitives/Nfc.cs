using System.Text;
using ADRaffy.ENSNormalize;

namespace SaaSFlows.Primitives;

/// <summary>
/// Text in Unicode NFC, which does not depend on how a keyboard composes accents. Input is stored unchanged and compared in this form.
/// </summary>
public static class Nfc
{
    /// <summary>Returns the text in NFC. The framework's own method needs ICU, which the program does not need otherwise.</summary>
    public static string Of(string text) => Ascii.IsValid(text) ? text : ENSNormalize.NF.NFC(text);
}
