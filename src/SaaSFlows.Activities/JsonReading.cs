using System.Globalization;
using System.Text.Json;

namespace SaaSFlows.Activities;

/// <summary>Reads JSON the way authors mean it.</summary>
internal static class JsonReading
{
    /// <summary>A number, or text that is one: chat arguments and form fields come as text.</summary>
    public static bool TryNumber(this JsonElement value, out double number)
    {
        number = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out number) && double.IsFinite(number),
            JsonValueKind.String => double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number)
                && double.IsFinite(number),
            _ => false,
        };
    }

    /// <summary>Text, numbers and truth values as text; null for everything else.</summary>
    public static string? ScalarText(this JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };

    /// <summary>What a dotted path leads to; undefined if it leads nowhere. A list's entries are its numbers from 0.</summary>
    public static JsonElement At(this JsonElement value, string path)
    {
        foreach (var name in path.Split('.'))
        {
            value = value.ValueKind switch
            {
                JsonValueKind.Object when value.TryGetProperty(name, out var member) => member,
                JsonValueKind.Array
                    when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength() =>
                    value[index],
                _ => default,
            };
        }

        return value;
    }

    public static bool IsMissing(this JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    /// <summary>The value as an error message shows it; long ones visibly shortened.</summary>
    public static string Shown(this JsonElement value)
    {
        const int longest = 80;
        var text = value.ValueKind == JsonValueKind.Undefined ? "missing" : value.GetRawText();
        return text.Length <= longest ? text : $"{text.AsSpan(0, longest)}…";
    }
}
