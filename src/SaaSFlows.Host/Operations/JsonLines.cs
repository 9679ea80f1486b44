using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace SaaSFlows.Host.Operations;

/// <summary>Writes the log as one JSON object a line: what searches ask for at the top, the message's own values in <c>fields</c>.</summary>
internal sealed class JsonLines(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "saasflows-json";

    // The framework's scope of a request. Its path can hold tokens; our own scope has the route and the caller's name of the request.
    private static readonly string[] _left = ["RequestPath", "RequestId", "ConnectionId", "{OriginalFormat}"];

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        if (logEntry.Formatter?.Invoke(logEntry.State, logEntry.Exception) is not { } message)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            json.WriteString("level", logEntry.LogLevel.ToString().ToLowerInvariant());
            json.WriteString("category", logEntry.Category);
            json.WriteNumber("event_id", logEntry.EventId.Id);
            json.WriteString("message", message);
            scopeProvider?.ForEachScope(WriteScope, (json, new HashSet<string>(StringComparer.Ordinal)));
            json.WriteStartObject("fields");
            WriteAll(logEntry.State, json, []);
            json.WriteEndObject();
            if (logEntry.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteScope(object? scope, (Utf8JsonWriter Json, HashSet<string> Names) line) => WriteAll(scope, line.Json, line.Names);

    // Scopes lie in each other and may say the same.
    private static void WriteAll(object? values, Utf8JsonWriter json, HashSet<string> names)
    {
        foreach (var (name, value) in values as IEnumerable<KeyValuePair<string, object?>> ?? [])
        {
            if (value is not null && !_left.Contains(name) && names.Add(name))
            {
                json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
                WriteValue(value, json);
            }
        }
    }

    private static void WriteValue(object value, Utf8JsonWriter json)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int or long or short or byte:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
