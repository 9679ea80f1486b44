using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>What happened and is not yet written. Bodies are written once, one after the other, into one growing buffer.</summary>
internal sealed class PendingEvents : IDisposable
{
    private const int Kept = 64;
    private const int LargestKept = 64 * 1024;
    private static readonly ConcurrentQueue<PendingEvents> _spare = new();

    private readonly List<Entry> _entries = [];
    private readonly List<Bookmark> _opened = [];
    private readonly List<BookmarkId> _ended = [];
    private readonly List<long> _consumed = [];
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);
    private readonly Utf8JsonWriter _writer;
    private bool _isSpare;
    private bool _isLent;

    private PendingEvents() => _writer = new(_bytes, EventBodyWriter.Options);

    public int Count => _entries.Count;

    /// <summary>Bytes of bodies.</summary>
    public int Size => _bytes.WrittenCount;

    public bool IsEmpty => _entries.Count == 0 && _consumed.Count == 0;

    /// <summary>An empty one; its buffers may have served other executions. Dispose gives it back.</summary>
    public static PendingEvents Rent()
    {
        if (!_spare.TryDequeue(out var spare))
        {
            return new();
        }

        spare._isSpare = false;
        return spare;
    }

    public void Add(in Fact fact)
    {
        var start = _bytes.WrittenCount;
        if (fact.Body is not null)
        {
            _writer.Reset();
            EventBodyWriter.Write(_writer, fact.Body);
            _writer.Flush();
        }

        _entries.Add(new(fact with { Body = null }, start, _bytes.WrittenCount - start));
        Note(fact);
    }

    /// <summary>Adds that a node run ended well.</summary>
    /// <param name="watch">The bookmark of its branches' time limit, which ends at <paramref name="due"/>.</param>
    public void AddCompleted(
        NodeRun run,
        string? port,
        JsonElement output,
        bool passesInput,
        BookmarkId? watch,
        DateTimeOffset? due,
        DateTimeOffset at
    )
    {
        var start = _bytes.WrittenCount;
        _writer.Reset();
        _writer.WriteStartObject();
        EventBodyWriter.WriteCompleted(_writer, port, output, passesInput, run.Variables, run.Logs, watch, due);
        _writer.WriteEndObject();
        _writer.Flush();
        var fact = new Fact(JournalEventKind.NodeCompleted, run.Node, run.Token.Scope.Path, run.Token.Id, run.Attempt, run.Ordinal, at, null);
        _entries.Add(new(fact, start, _bytes.WrittenCount - start));
        if (watch is { } bookmark)
        {
            _opened.Add(new(bookmark, run.Node, BookmarkKinds.Timeout, null, due));
        }
    }

    /// <summary>A bookmark that nobody waits at any more.</summary>
    public void Close(BookmarkId bookmark)
    {
        if (_opened.RemoveAll(opened => opened.Id == bookmark) == 0)
        {
            _ended.Add(bookmark);
        }
    }

    /// <summary>An inbox fact that is done with.</summary>
    public void Consume(long number) => _consumed.Add(number);

    /// <summary>
    /// What is to be written. Its bodies stand in the buffer here: whoever writes them has done so when <see cref="Clear"/> is called.
    /// </summary>
    public JournalAppend ToAppend(ExecutionId execution, long fence, long baseSeq, ExecutionTransition transition)
    {
        _isLent = true;
        var bytes = _bytes.WrittenMemory;
        var events = new JournalEvent[_entries.Count];
        for (var i = 0; i < events.Length; i++)
        {
            var (fact, start, length) = _entries[i];
            events[i] = new(
                baseSeq + i + 1,
                fact.Kind,
                fact.Node,
                fact.Scope,
                fact.Token,
                fact.Attempt,
                fact.Ordinal,
                fact.At,
                bytes.Slice(start, length)
            );
        }

        return new(execution, fence, baseSeq, events, _consumed.ToArray(), _opened.ToArray(), _ended.ToArray(), transition);
    }

    public void Clear()
    {
        _isLent = false;
        _entries.Clear();
        _opened.Clear();
        _ended.Clear();
        _consumed.Clear();
        _bytes.ResetWrittenCount();
    }

    // Payloads stay in the buffer until they are written over; no other execution reads beyond what it wrote.
    public void Dispose()
    {
        // Lent: nobody heard what became of the last write, so it may still be under way.
        if (_isSpare || _isLent)
        {
            return;
        }

        Clear();
        if (_bytes.Capacity <= LargestKept && _entries.Capacity <= 1_024 && _spare.Count < Kept)
        {
            _isSpare = true;
            _spare.Enqueue(this);
        }
    }

    private void Note(in Fact fact)
    {
        switch (fact.Body)
        {
            case EventBody.Suspended body:
                _opened.Add(
                    new(body.Bookmark, fact.Node!.Value, body.Kind, body.Key, body.Due)
                    {
                        Data = body.Data.ValueKind == JsonValueKind.Undefined ? default : JsonMarshal.GetRawUtf8Value(body.Data).ToArray(),
                    }
                );
                break;
            case EventBody.Failed { Bookmark: { } bookmark } body:
                _opened.Add(new(bookmark, fact.Node!.Value, BookmarkKinds.Retry, null, body.RetryAt));
                break;
            case EventBody.Stimulated body:
                Close(body.Bookmark);
                break;
            default:
                break;
        }
    }

    private readonly record struct Entry(Fact Fact, int Start, int Length);
}
