using System.Runtime.InteropServices;
using System.Text.Json;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>The first and the last entries of a trace that may be far too long to keep: how it began, and where it went wrong.</summary>
internal sealed class TraceWindow
{
    public const int FirstEntries = 900;
    public const int LastEntries = 100;
    private const int FirstBytes = 3 * 1024 * 1024;
    private const int LastBytes = 1024 * 1024;

    private readonly List<DryRunEntry> _first = [];
    private readonly Queue<DryRunEntry> _last = [];
    private int _firstBytes;
    private int _lastBytes;

    /// <summary>All that were added.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<DryRunEntry> Kept => [.. _first, .. _last];

    public void Add(DryRunEntry entry)
    {
        Count++;
        var bytes = Size(entry);
        if (_last.Count == 0 && _first.Count < FirstEntries && (_firstBytes + bytes <= FirstBytes || _first.Count == 0))
        {
            _first.Add(entry);
            _firstBytes += bytes;
            return;
        }

        _last.Enqueue(entry);
        _lastBytes += bytes;
        while (_last.Count > LastEntries || (_lastBytes > LastBytes && _last.Count > 1))
        {
            _lastBytes -= Size(_last.Dequeue());
        }
    }

    private static int Size(DryRunEntry entry) =>
        Size(entry.Input) + Size(entry.Output) + Size(entry.Error) + Size(entry.Would) + entry.Logs.Sum(line => line.Length);

    private static int Size(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(value).Length;
}
