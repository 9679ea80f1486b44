using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;

namespace SaaSFlows.Accounts.Directory.Tenants.Internal;

/// <summary>A buffer of JSON objects, one per line.</summary>
internal sealed class ExportLines
{
    private const int PageSize = 256 * 1024;

    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(PageSize);

    /// <summary>The number of rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether the buffer should be sent.</summary>
    public bool IsFull => _buffer.WrittenCount >= PageSize;

    /// <summary>The written bytes, valid until the next line.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        var taken = _buffer.WrittenMemory;
        _buffer.ResetWrittenCount();
        return taken;
    }

    /// <summary>Writes the first columns of the reader's row.</summary>
    public void WriteRow(string table, NpgsqlDataReader reader, int columns)
    {
        Rows++;
        Write(json =>
        {
            json.WriteString("table", table);
            json.WriteStartObject("row");
            for (var i = 0; i < columns; i++)
            {
                json.WritePropertyName(reader.GetName(i));
                WriteValue(json, reader.GetValue(i));
            }

            json.WriteEndObject();
        });
    }

    public void Write(Action<Utf8JsonWriter> properties)
    {
        using (var json = new Utf8JsonWriter(_buffer, _options))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        _buffer.Write("\n"u8);
    }

    private static void WriteValue(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case DBNull:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case short or int or long:
                json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case DateTime time:
                json.WriteStringValue(time);
                break;
            case byte[] bytes:
                WriteBytes(json, bytes);
                break;
            case Array list:
                json.WriteStartArray();
                foreach (var item in list)
                {
                    WriteValue(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }

    // Definitions, payloads and journals are stored as JSON in UTF-8 and are written on one line.
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
            while (reader.Read()) { }

            return bytes.Length > 0 && reader.BytesConsumed > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
