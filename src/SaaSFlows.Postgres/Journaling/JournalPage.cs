using System.Buffers;
using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Views;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>
/// Events that were written together, as one value: a JSON array, so that a page can be read by hand. Fields that say nothing are left out; numbers
/// are counted from the page's first.
/// </summary>
internal static class JournalPage
{
    private const int LargestKept = 256 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _spare;

    /// <summary>Null for no events: a write may change nothing but the execution itself.</summary>
    public static byte[]? Write(IReadOnlyList<JournalEvent> events)
    {
        if (events.Count == 0)
        {
            return null;
        }

        var buffer = _spare ?? new(4096);
        _spare = null;
        using (var json = new Utf8JsonWriter(buffer, new() { SkipValidation = true }))
        {
            json.WriteStartArray();
            for (var i = 0; i < events.Count; i++)
            {
                Write(json, events[i]);
            }

            json.WriteEndArray();
        }

        var page = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity <= LargestKept)
        {
            buffer.ResetWrittenCount();
            _spare = buffer;
        }

        return page;
    }

    /// <summary>True for a page that incidents are read from.</summary>
    public static bool HasFailure(IReadOnlyList<JournalEvent> events) => events.Any(recorded => Incident.Kinds.Contains(recorded.Kind));

    /// <summary>Adds the events of a page whose first has the number <paramref name="first"/>. Bodies stay in the page's memory.</summary>
    public static void Read(byte[] page, long first, List<JournalEvent> events)
    {
        var json = new Utf8JsonReader(page, new JsonReaderOptions { MaxDepth = 256 });
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            events.Add(ReadEvent(ref json, page, first++));
        }
    }

    private static void Write(Utf8JsonWriter json, JournalEvent recorded)
    {
        json.WriteStartObject();
        json.WriteNumber("kind"u8, (short)recorded.Kind);
        if (recorded.Node is { } node)
        {
            json.WriteString("node"u8, node.Value);
        }

        if (recorded.Scope.Length > 0)
        {
            json.WriteString("scope"u8, recorded.Scope);
        }

        WriteNumber(json, "token"u8, recorded.Token);
        WriteNumber(json, "attempt"u8, recorded.Attempt);
        WriteNumber(json, "ordinal"u8, recorded.Ordinal);
        json.WriteNumber("at"u8, Microseconds(recorded.At));
        if (!recorded.Body.IsEmpty)
        {
            json.WritePropertyName("body"u8);
            json.WriteRawValue(recorded.Body.Span, skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, int number)
    {
        if (number != 0)
        {
            json.WriteNumber(name, number);
        }
    }

    private static JournalEvent ReadEvent(ref Utf8JsonReader json, byte[] page, long seq)
    {
        var (kind, node, scope, at, body) = (default(JournalEventKind), default(NodeId?), "", default(DateTimeOffset), ReadOnlyMemory<byte>.Empty);
        var (token, attempt, ordinal) = (0, 0, 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.ValueSpan;
            json.Read();
            if (name.SequenceEqual("body"u8))
            {
                var start = (int)json.TokenStartIndex;
                json.Skip();
                body = page.AsMemory(start, (int)json.BytesConsumed - start);
            }
            else if (name.SequenceEqual("kind"u8))
            {
                kind = (JournalEventKind)json.GetInt16();
            }
            else if (name.SequenceEqual("node"u8))
            {
                node = new NodeId(json.GetString()!);
            }
            else if (name.SequenceEqual("scope"u8))
            {
                scope = json.GetString()!;
            }
            else if (name.SequenceEqual("at"u8))
            {
                at = DateTimeOffset.UnixEpoch.AddTicks(json.GetInt64() * TimeSpan.TicksPerMicrosecond);
            }
            else if (name.SequenceEqual("token"u8))
            {
                token = json.GetInt32();
            }
            else if (name.SequenceEqual("attempt"u8))
            {
                attempt = json.GetInt32();
            }
            else if (name.SequenceEqual("ordinal"u8))
            {
                ordinal = json.GetInt32();
            }
        }

        return new(seq, kind, node, scope, token, attempt, ordinal, at, body);
    }

    private static long Microseconds(DateTimeOffset at) => (at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
