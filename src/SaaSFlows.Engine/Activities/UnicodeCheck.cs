using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace SaaSFlows.Engine.Activities;

/// <summary>
/// The rule for all JSON that comes in, through whatever door: its texts and names are Unicode. An escape such as <c>\ud83d</c> without its second
/// half is JSON by the grammar, but no program here can read it as text, compare it or store it.
/// </summary>
public static class UnicodeCheck
{
    /// <summary>What is wrong, to follow the place.</summary>
    public const string Problem = "holds text that is not valid Unicode: half of a surrogate pair, or bytes that are not UTF-8.";

    /// <summary>Whether all texts and names of a JSON document are Unicode. Costs one look at the bytes.</summary>
    public static bool IsValid(ReadOnlySpan<byte> json) => Utf8.IsValid(json) && HasWholePairs(json);

    /// <summary>
    /// The place of the first text that is not Unicode, such as <c>items[2].title</c>, or of the object with such a name; null if there is none.
    /// </summary>
    /// <param name="json">A JSON document.</param>
    public static string? FirstProblem(ReadOnlySpan<byte> json)
    {
        if (IsValid(json))
        {
            return null;
        }

        var place = new Stack<string>();
        var (names, indexes) = (new Stack<string?>(), new Stack<int>());
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName when !IsValid(reader.ValueSpan):
                    return Path(place, "");
                case JsonTokenType.PropertyName:
                    names.Pop();
                    names.Push(reader.GetString());
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    names.Pop();
                    indexes.Pop();
                    place.TryPop(out _);
                    continue;
            }

            var step = Step(names, indexes);
            if (reader.TokenType == JsonTokenType.String && !IsValid(reader.ValueSpan))
            {
                return Path(place, step);
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                place.Push(step);
                names.Push(null);
                indexes.Push(reader.TokenType == JsonTokenType.StartArray ? 0 : -1);
            }
        }

        return "body";
    }

    // Where the value stands in what surrounds it.
    private static string Step(Stack<string?> names, Stack<int> indexes)
    {
        if (!indexes.TryPop(out var index))
        {
            return "";
        }

        indexes.Push(index < 0 ? index : index + 1);
        return index < 0 ? $".{names.Peek()}" : string.Create(CultureInfo.InvariantCulture, $"[{index}]");
    }

    private static string Path(Stack<string> place, string last)
    {
        var path = string.Concat(place.Reverse());
        return (path + last).TrimStart('.') is { Length: > 0 } found ? found : "body";
    }

    private static bool HasWholePairs(ReadOnlySpan<byte> json)
    {
        while (json.IndexOf((byte)'\\') is >= 0 and var at)
        {
            json = json[at..];
            if (CodeUnit(json) is not { } unit || !char.IsSurrogate(unit))
            {
                json = json[Math.Min(2, json.Length)..];
                continue;
            }

            if (!char.IsHighSurrogate(unit) || CodeUnit(json[6..]) is not { } second || !char.IsLowSurrogate(second))
            {
                return false;
            }

            json = json[12..];
        }

        return true;
    }

    /// <summary>What the escape at the beginning stands for; null if there is no <c>\u</c>.</summary>
    private static char? CodeUnit(ReadOnlySpan<byte> json) =>
        json.Length >= 6
        && json[0] == '\\'
        && json[1] == 'u'
        && Utf8Parser.TryParse(json.Slice(2, 4), out ushort unit, out var read, 'x')
        && read == 4
            ? (char)unit
            : null;
}
