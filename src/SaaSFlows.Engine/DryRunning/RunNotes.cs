using System.Collections.Concurrent;
using System.Text.Json;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>What activities say to the trace besides their results. Effects write from other threads.</summary>
internal sealed class RunNotes
{
    private readonly ConcurrentDictionary<string, RunNote> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<BookmarkId, JsonElement> _answers = new();

    /// <param name="key">The run's idempotency key.</param>
    public RunNote Of(string key) => _runs.GetOrAdd(key, _ => new());

    /// <summary>The run has ended: nothing more is noted for it.</summary>
    public RunNote Take(string key) => _runs.TryRemove(key, out var note) ? note : new();

    public void Answer(BookmarkId bookmark, JsonElement payload) => _answers[bookmark] = payload;

    public bool TryTakeAnswer(BookmarkId bookmark, out JsonElement payload) => _answers.TryRemove(bookmark, out payload);
}

/// <summary>About one node run.</summary>
internal sealed class RunNote
{
    public JsonElement Input { get; set; }

    public JsonElement Would { get; set; }

    public bool IsPinned => Source == OutputSource.Pin;

    /// <summary>Null for a node that was run.</summary>
    public OutputSource? Source { get; set; }

    /// <summary>The real execution that the output comes from.</summary>
    public ExecutionId? SourceExecution { get; set; }

    public DateTimeOffset? BeganAt { get; set; }

    public List<string> Logs { get; } = [];
}
