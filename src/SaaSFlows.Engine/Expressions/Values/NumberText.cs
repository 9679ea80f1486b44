using System.Globalization;
using System.Numerics;

namespace SaaSFlows.Engine.Expressions.Values;

/// <summary>Numbers to text and back, as ECMAScript defines it.</summary>
internal static class NumberText
{
    private const double LargestPlainInteger = 1e15;

    /// <summary>Whether the text is that of the integer.</summary>
    public static bool IsPlainInteger(double number) => Math.Abs(number) < LargestPlainInteger && number == Math.Truncate(number);

    public static string Format(double number)
    {
        if (IsPlainInteger(number))
        {
            return ((long)number).ToString(CultureInfo.InvariantCulture);
        }

        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "NaN"
                : number > 0 ? "Infinity"
                : "-Infinity";
        }

        var sign = number < 0 ? "-" : "";
        var (digits, point) = ShortestDigits(Math.Abs(number));
        var count = digits.Length;
        return sign
            + point switch
            {
                > 0 and <= 21 when count <= point => digits.PadRight(point, '0'),
                > 0 and <= 21 => $"{digits.AsSpan(0, point)}.{digits.AsSpan(point)}",
                > -6 and <= 0 => "0." + new string('0', -point) + digits,
                _ => Exponential(digits, point - 1),
            };
    }

    /// <summary>
    /// JavaScript's <c>toFixed</c> for numbers below 1e21: exact digits, ties away from zero (which .NET's "F" format does not do).
    /// </summary>
    public static string Fixed(double number, int decimals)
    {
        var bits = BitConverter.DoubleToInt64Bits(Math.Abs(number));
        var exponent = (int)(bits >> 52);
        var mantissa = bits & 0xF_FFFF_FFFF_FFFF;
        (mantissa, exponent) = exponent == 0 ? (mantissa, -1074) : (mantissa | 0x10_0000_0000_0000, exponent - 1075);
        var scaled = mantissa * BigInteger.Pow(10, decimals);
        var rounded = exponent >= 0 ? scaled << exponent : (scaled + (BigInteger.One << (-exponent - 1))) >> -exponent;
        var digits = rounded.ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var sign = number < 0 ? "-" : "";
        return decimals == 0 ? sign + digits : $"{sign}{digits.AsSpan(0, digits.Length - decimals)}.{digits.AsSpan(digits.Length - decimals)}";
    }

    /// <summary>JavaScript's <c>Number(text)</c>.</summary>
    public static double Parse(ReadOnlySpan<char> text)
    {
        text = Whitespace.Trim(text);
        if (text.IsEmpty)
        {
            return 0;
        }

        if (text.Length > 2 && text[0] == '0' && RadixOf(text[1]) is var radix and not 0)
        {
            return ParseInteger(text[2..], radix, out var length) is var value && length == text.Length - 2 ? value : double.NaN;
        }

        return DecimalPrefix(text, out var number) == text.Length ? number : double.NaN;
    }

    /// <summary>
    /// Reads the longest decimal number (or Infinity) that <paramref name="text"/> starts with; returns its length, 0 and NaN when there is none.
    /// </summary>
    public static int DecimalPrefix(ReadOnlySpan<char> text, out double number)
    {
        number = double.NaN;
        var start = text.StartsWith('+') || text.StartsWith('-') ? 1 : 0;
        if (text[start..].StartsWith("Infinity"))
        {
            number = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return start + "Infinity".Length;
        }

        var whole = Digits(text, start);
        var end = whole < text.Length && text[whole] == '.' ? Digits(text, whole + 1) : whole;
        if (end - start == 0 || (end - start == 1 && text[start] == '.'))
        {
            return 0;
        }

        if (end < text.Length && text[end] is 'e' or 'E')
        {
            var exponent = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            end = Digits(text, exponent) is var last && last > exponent ? last : end;
        }

        number = double.Parse(text[..end], NumberStyles.Float, CultureInfo.InvariantCulture);
        return end;
    }

    /// <summary>Reads the digits of <paramref name="radix"/> that <paramref name="text"/> starts with; NaN when there is none.</summary>
    public static double ParseInteger(ReadOnlySpan<char> text, int radix, out int length)
    {
        var value = 0d;
        for (length = 0; length < text.Length && Digit(text[length]) is var digit && digit < radix; length++)
        {
            value = (value * radix) + digit;
        }

        return length == 0 ? double.NaN : value;
    }

    /// <summary>16, 8 or 2 for the letter after a leading zero, else 0.</summary>
    public static int RadixOf(char letter) =>
        char.ToLowerInvariant(letter) switch
        {
            'x' => 16,
            'o' => 8,
            'b' => 2,
            _ => 0,
        };

    private static int Digit(char c) =>
        char.IsAsciiDigit(c) ? c - '0'
        : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10
        : int.MaxValue;

    private static int Digits(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length && char.IsAsciiDigit(text[from]))
        {
            from++;
        }

        return from;
    }

    /// <summary>The shortest digits that give the number back, and where the decimal point stands before or after them.</summary>
    private static (string Digits, int Point) ShortestDigits(double number)
    {
        var parts = number.ToString("R", CultureInfo.InvariantCulture).Split('E');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var whole = parts[0].Split('.')[0].Length;
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var significant = digits.TrimStart('0');
        return (significant.TrimEnd('0'), whole - (digits.Length - significant.Length) + exponent);
    }

    private static string Exponential(string digits, int exponent)
    {
        var fraction = digits.Length > 1 ? "." + digits[1..] : "";
        return $"{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}";
    }
}
