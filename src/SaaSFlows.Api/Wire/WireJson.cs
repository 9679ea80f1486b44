using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SaaSFlows.Api.Wire;

/// <summary>How JSON is written and read on the wire.</summary>
public static class WireJson
{
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    /// <summary>For JSON that goes further inside the program, whatever stands in it.</summary>
    internal static readonly JsonSerializerOptions Options = Made();

    /// <summary>Sets names, numbers and escapes; called for the host's JSON options.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.NumberHandling = JsonNumberHandling.Strict;
        // A value of 64 levels stands inside answers; bodies that come in are held to 64 levels in all where they are read.
        options.MaxDepth = 256;
        // Answers are application/json and never put into HTML unescaped: text stays readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new AnyJsonConverter());
    }

    private static JsonSerializerOptions Made()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        return options;
    }

    /// <summary>Other people's JSON. The framework's own writer throws at half a surrogate pair (<c>"\ud800"</c>), which anyone can send.</summary>
    private sealed class AnyJsonConverter : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonElement.ParseValue(ref reader);

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options)
        {
            var raw = value.ValueKind == JsonValueKind.Undefined ? default : JsonMarshal.GetRawUtf8Value(value);
            if (raw.IndexOf("\\ud"u8) < 0 && raw.IndexOf("\\uD"u8) < 0)
            {
                value.WriteTo(writer);
                return;
            }

            // As it came, on one line: an event stream ends a message at a line's end.
            var line = raw.ToArray();
            line.AsSpan().ReplaceAny(LineEnds, (byte)' ');
            writer.WriteRawValue(line, skipInputValidation: true);
        }
    }

    /// <summary>RFC 3339 in UTC with a Z, as the seeds show it.</summary>
    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture));
    }
}
