using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace SaaSFlows.Accounts.Access.Audit.Internal;

/// <summary>Reduces a target before and after to the differing fields, without secrets and with a bounded size.</summary>
internal static class AuditValues
{
    /// <summary>Longest text of a field such as a name, in UTF-16 units.</summary>
    public const int LongestText = 300;

    private const int LongestString = 1_000;
    private const int MostBytes = 16 * 1024;
    private const int MostShownOfCut = 4_000;

    /// <summary>Each is JSON, or null if there is none.</summary>
    public static (string? Before, string? After) Of(object? before, object? after)
    {
        var (old, now) = (AuditJson.ToElement(before), AuditJson.ToElement(after));
        return (Write(old, now), Write(now, old));
    }

    /// <summary>Returns a text that the database accepts, cut visibly.</summary>
    public static string Cut(string text) => Cut(text, LongestText);

    private static string? Write(JsonElement? element, JsonElement? other)
    {
        if (element is not { } value)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, AuditJson.WriterOptions))
        {
            Write(writer, value, other);
        }

        return buffer.WrittenCount <= MostBytes ? Encoding.UTF8.GetString(buffer.WrittenSpan) : Shortened(buffer.WrittenSpan);
    }

    private static string Shortened(ReadOnlySpan<byte> json)
    {
        var start = Encoding.UTF8.GetString(json[..MostShownOfCut]);
        return JsonSerializer.Serialize(
            new { cut = string.Create(CultureInfo.InvariantCulture, $"These are the first of {json.Length:N0} bytes."), start },
            AuditJson.Options
        );
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, JsonElement? other)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, value, other is { ValueKind: JsonValueKind.Object } o ? o : null);
                break;
            case JsonValueKind.Array:
                WriteArray(writer, value, other is { ValueKind: JsonValueKind.Array } a ? a : null);
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Cut(Secrets.Mask(AuditJson.Text(value)), LongestString));
                break;
            default:
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, JsonElement value, JsonElement? other)
    {
        var namesSecret = Secrets.IsNamedSecret(value);
        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            var name = AuditJson.Name(member);
            var counterpart = other is { } o && AuditJson.TryFind(o, name, out var found) ? found : (JsonElement?)null;
            if (counterpart is { } same && AuditJson.AreEqual(member.Value, same))
            {
                continue;
            }

            writer.WritePropertyName(Cut(name));
            if (Secrets.Hides(name, member.Value) || (namesSecret && name == "value"))
            {
                writer.WriteStringValue(Secrets.Hidden);
            }
            else
            {
                Write(writer, member.Value, counterpart);
            }
        }

        writer.WriteEndObject();
    }

    // Lists of objects with an id, such as nodes, are compared by id; other lists as a whole.
    private static void WriteArray(Utf8JsonWriter writer, JsonElement value, JsonElement? other)
    {
        var others = other is null ? null : ById(other.Value);
        writer.WriteStartArray();
        foreach (var item in value.EnumerateArray())
        {
            if (others is not null && AuditJson.Id(item) is { } id && others.TryGetValue(id, out var same) && AuditJson.AreEqual(item, same))
            {
                continue;
            }

            Write(writer, item, null);
        }

        writer.WriteEndArray();
    }

    private static Dictionary<string, JsonElement> ById(JsonElement array)
    {
        var found = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var item in array.EnumerateArray())
        {
            if (AuditJson.Id(item) is { } id)
            {
                found[id] = item;
            }
        }

        return found;
    }

    private static string Cut(string text, int longest)
    {
        var kept = text.Length <= longest ? text : text[..longest];
        // The database does not accept half of a surrogate pair (sent, or left by a cut) or U+0000.
        kept = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept)).Replace('\0', '\uFFFD');
        return text.Length <= longest ? kept : string.Create(CultureInfo.InvariantCulture, $"{kept}… (cut: {text.Length:N0} characters)");
    }
}
