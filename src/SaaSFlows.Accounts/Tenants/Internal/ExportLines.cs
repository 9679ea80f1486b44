using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;

namespace SaaSFlows.Accounts.Tenants.Internal;

/// <summary>JSON objects, one on a line, to a stream.</summary>
internal sealed class ExportLines(Stream output) : IAsyncDisposable
{
    private const int FlushAt = 64 * 1024;

    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly MemoryStream _buffer = new();

    /// <summary>Rows of tables so far.</summary>
    public long Rows { get; private set; }

    public async Task WriteRowsAsync(string table, NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            Rows++;
            await WriteAsync(
                json =>
                {
                    json.WriteString("table", table);
                    json.WriteStartObject("row");
                    for (var i = 0; i < reader.FieldCount; i++)
                    {
                        json.WritePropertyName(reader.GetName(i));
                        WriteValue(json, reader.GetValue(i));
                    }

                    json.WriteEndObject();
                },
                ct);
        }
    }

    public async Task WriteAsync(Action<Utf8JsonWriter> properties, CancellationToken ct)
    {
        using (var json = new Utf8JsonWriter(_buffer, _options))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        _buffer.WriteByte((byte)'\n');
        if (_buffer.Length >= FlushAt)
        {
            await FlushAsync(ct);
        }
    }

    public async ValueTask DisposeAsync() => await FlushAsync(CancellationToken.None);

    private async Task FlushAsync(CancellationToken ct)
    {
        await output.WriteAsync(_buffer.GetBuffer().AsMemory(0, (int)_buffer.Length), ct);
        _buffer.SetLength(0);
    }

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case DBNull: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case short or int or long: json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)); break;
            case DateTime time: json.WriteStringValue(time); break;
            case byte[] bytes: WriteBytes(json, bytes); break;
            case Array list:
                json.WriteStartArray();
                foreach (var item in list)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
                break;
            default: json.WriteStringValue(value.ToString()); break;
        }
    }

    // Definitions, payloads and journals are stored as JSON in UTF-8; on one line, as they may have come on several.
    private static void WriteBytes(Utf8JsonWriter json, byte[] bytes)
    {
        if (!IsJson(bytes))
        {
            json.WriteBase64StringValue(bytes);
            return;
        }

        bytes.AsSpan().Replace((byte)'\n', (byte)' ');
        bytes.AsSpan().Replace((byte)'\r', (byte)' ');
        json.WriteRawValue(bytes, skipInputValidation: true);
    }

    private static bool IsJson(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        try
        {
            while (reader.Read())
            {
            }

            return bytes.Length > 0 && reader.BytesConsumed > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
