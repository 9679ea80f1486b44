using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using SaaSFlows.Engine.Expressions.Syntax;

namespace SaaSFlows.Engine.Expressions.Values;

/// <summary>
/// Reads JSON strings and names as JavaScript does. System.Text.Json throws at an escaped lone surrogate (<c>"\ud800"</c>), which anyone can send:
/// those strings take the slow path here.
/// </summary>
internal static class JsonAccess
{
    public static string Text(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(JsonMarshal.GetRawUtf8Value(element)[1..^1]);
        }
    }

    public static string Name(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return Unescape(JsonMarshal.GetRawUtf8PropertyName(property));
        }
    }

    /// <summary>Compares with an ASCII text without copying (.NET finds no text with a lone surrogate equal to anything).</summary>
    public static bool TextEquals(JsonElement element, string text)
    {
        try
        {
            return element.ValueEquals(text);
        }
        catch (InvalidOperationException)
        {
            return Text(element) == text;
        }
    }

    public static bool TryGetProperty(JsonElement element, string name, ReadOnlySpan<byte> utf8Name, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(utf8Name, out value);
        }
        catch (InvalidOperationException)
        {
            return TryFindProperty(element, name, out value);
        }
    }

    private static bool TryFindProperty(JsonElement element, string name, out JsonElement value)
    {
        value = element.EnumerateObject().LastOrDefault(property => Name(property) == name).Value;
        return value.ValueKind != JsonValueKind.Undefined;
    }

    private static string Unescape(ReadOnlySpan<byte> raw) => StringEscapes.Decode(Encoding.UTF8.GetString(raw));
}
