using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;

namespace SaaSFlows.Engine.Running;

/// <summary>What a fact from outside means for an execution now.</summary>
internal enum FactMeaning
{
    /// <summary>It becomes an event.</summary>
    Recorded,

    /// <summary>Too late or a repetition: it leaves the inbox without an event.</summary>
    Ignored,

    /// <summary>Its bookmark is not open yet: it stays.</summary>
    Early,
}

/// <summary>The facts that a runner has read and could not use yet.</summary>
internal sealed class RunnerInbox(long seen)
{
    private List<InboxFact>? _open;

    /// <summary>Number of the last fact that the runner knows.</summary>
    public long Seen { get; private set; } = seen;

    public IReadOnlyList<InboxFact> Open => (IReadOnlyList<InboxFact>?)_open ?? [];

    /// <summary>Takes note of what was read. All that wait are read each time: those read before and not yet written off are known.</summary>
    public void Add(IReadOnlyList<InboxFact> facts, bool first)
    {
        var known = Seen;
        foreach (var fact in facts)
        {
            if (first || fact.Number > known)
            {
                (_open ??= []).Add(fact);
                Seen = Math.Max(Seen, fact.Number);
            }
        }
    }

    public void Remove(InboxFact fact) => _open?.Remove(fact);

    public static FactMeaning MeaningOf(InboxFact fact, ExecutionState state)
    {
        if (fact.Bookmark is not { } bookmark)
        {
            return fact.Kind == InboxFactKind.Cancel && !state.CancelRequested ? FactMeaning.Recorded : FactMeaning.Ignored;
        }

        if (state.At(bookmark) is not null)
        {
            return FactMeaning.Recorded;
        }

        return state.HasEnded(bookmark) ? FactMeaning.Ignored : FactMeaning.Early;
    }

    public static JsonElement Payload(InboxFact fact) => fact.Body.IsEmpty ? default : JsonElement.Parse(fact.Body.Span, JsonScratch.Nested);
}
