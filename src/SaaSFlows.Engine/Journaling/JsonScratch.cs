using System.Buffers;
using System.Text.Json;

namespace SaaSFlows.Engine.Journaling;

/// <summary>A place to write small JSON in; each thread keeps one to use again. Not to be held over an await.</summary>
internal sealed class JsonScratch : IDisposable
{
    /// <summary>
    /// For JSON that holds values: a value has at most 64 levels (what System.Text.Json reads unless told otherwise), and what is made of values some
    /// more.
    /// </summary>
    public static readonly JsonDocumentOptions Nested = new() { MaxDepth = 128 };

    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static JsonScratch? _spare;

    private readonly ArrayBufferWriter<byte> _bytes = new(512);

    private JsonScratch() => Writer = new(_bytes, EventBodyWriter.Options);

    public Utf8JsonWriter Writer { get; }

    /// <summary>What was written; good until it is disposed of.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            Writer.Flush();
            return _bytes.WrittenSpan;
        }
    }

    public static JsonScratch Rent()
    {
        var scratch = _spare ?? new();
        _spare = null;
        return scratch;
    }

    public void Dispose()
    {
        _bytes.ResetWrittenCount();
        Writer.Reset();
        _spare = _bytes.Capacity <= LargestKept ? this : null;
    }
}
