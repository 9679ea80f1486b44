using System.Globalization;
using System.Text;

namespace SaaSFlows.Primitives;

/// <summary>The rules for characters in names, and the comparison of names.</summary>
public static class NameText
{
    /// <summary>
    /// Whether the text has no invisible characters, which would make it look like another name. Joiners are allowed, because several scripts and
    /// emoji need them.
    /// </summary>
    public static bool IsVisible(string text) => text.EnumerateRunes().All(rune => rune.Value is 0x200C or 0x200D || IsVisible(rune));

    /// <summary>The same for identifiers, in which joiners and variation selectors are not allowed either.</summary>
    public static bool IsVisibleId(string text) => text.EnumerateRunes().All(rune => IsVisible(rune) && !IsVariant(rune));

    /// <summary>Whether two texts are equal in Unicode NFC, however their accents are composed.</summary>
    public static bool AreSame(string a, string b) => Nfc.Of(a) == Nfc.Of(b);

    // Letters and a symbol that are drawn as empty space: fillers of Hangul and Khmer, and the empty pattern of Braille.
    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format)
        && rune.Value is not (0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x2800 or 0x3164 or 0xFFA0);

    private static bool IsVariant(Rune rune) =>
        rune.Value is 0x034F or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);
}
