using System.Globalization;
using System.Text.Json;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Planning;

/// <summary>A scope at run time: the graph itself, or one iteration of a loop. Used again under another number when it has ended.</summary>
internal sealed class ScopeInstance
{
    private readonly int[] _occupants;
    private List<Token>? _watchers;
    private string? _path;
    private int _resultSlot;

    public ScopeInstance(CompiledScope shape)
    {
        Shape = shape;
        Runs = new int[shape.Size];
        _occupants = new int[shape.Size];
        Occupied = new(shape.Size);
        Values = new(shape);
        Merges = shape.Merges.Count == 0 ? [] : new MergeState[shape.Size];
        foreach (var merge in shape.Merges)
        {
            Merges[merge.Slot] = new();
        }
    }

    public CompiledScope Shape { get; }

    /// <summary>Its age among all instances; 0 when it has ended.</summary>
    public int Number { get; private set; }

    public ScopeInstance? Parent { get; private set; }

    /// <summary>The token at the loop that this is an iteration of; null for the graph.</summary>
    public Token? Owner { get; private set; }

    /// <summary>Which iteration it is, from 0.</summary>
    public int Index { get; private set; }

    /// <summary>Live tokens.</summary>
    public int Live { get; private set; }

    public Token? First { get; private set; }

    /// <summary>Runs begun, by slot.</summary>
    public int[] Runs { get; }

    /// <summary>Slots at which a live token is that can still go on from there.</summary>
    public NodeSet Occupied { get; }

    /// <summary>By slot; null where no merge is.</summary>
    public MergeState[] Merges { get; }

    /// <summary>Tokens that watch over branches.</summary>
    public IReadOnlyList<Token> Watchers => (IReadOnlyList<Token>?)_watchers ?? [];

    public ExecutionValues Values { get; set; }

    /// <summary>What the last node of its order put out that completed.</summary>
    public JsonElement Result { get; private set; }

    /// <summary>Whether a merge in it may have become free.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Such as <c>each_order:3/each_line:0</c>; empty for the graph.</summary>
    public string Path => _path ??= Owner is null ? "" : PathOf(Owner);

    public void Open(int number, Token? owner, int index)
    {
        (Number, Owner, Parent, Index, _path) = (number, owner, owner?.Scope, index, null);
        Values = Values.IsShared ? new(Shape) : Values;
        Values.Parent = null;
    }

    public void Close()
    {
        (Number, Owner, Parent, Live, First, Result, _resultSlot, IsDirty) = (0, null, null, 0, null, default, 0, false);
        Array.Clear(Runs);
        Array.Clear(_occupants);
        Occupied.Clear();
        _watchers?.Clear();
        foreach (var merge in Shape.Merges)
        {
            Merges[merge.Slot].Clear();
        }

        if (!Values.IsShared)
        {
            Values.Clear();
        }
    }

    public void Attach(Token token)
    {
        Live++;
        token.Previous = null;
        token.Next = First;
        if (First is not null)
        {
            First.Previous = token;
        }

        First = token;
        Occupy(token.Node.Slot);
    }

    /// <summary>Takes a token out; true if it was the last one at its node.</summary>
    public bool Detach(Token token)
    {
        Live--;
        if (token.Previous is null)
        {
            First = token.Next;
        }
        else
        {
            token.Previous.Next = token.Next;
        }

        if (token.Next is not null)
        {
            token.Next.Previous = token.Previous;
        }

        return token.Watched is null ? Vacate(token.Node.Slot) : _watchers!.Remove(token);
    }

    /// <summary>Not what came last in time: side by side, that would be up to chance.</summary>
    public void NoteResult(int slot, JsonElement output)
    {
        if (slot >= _resultSlot)
        {
            (_resultSlot, Result) = (slot, output);
        }
    }

    /// <summary>Notes that a token stays on to watch over its branches.</summary>
    public void Watch(Token token) => (_watchers ??= []).Add(token);

    public bool Vacate(int slot)
    {
        if (--_occupants[slot] > 0)
        {
            return false;
        }

        Occupied.Remove(slot);
        return true;
    }

    private void Occupy(int slot)
    {
        _occupants[slot]++;
        Occupied.Add(slot);
    }

    private string PathOf(Token owner)
    {
        // Each run of a loop has iterations of its own: only the first run goes without saying.
        var step =
            owner.Ordinal > 0
                ? string.Create(CultureInfo.InvariantCulture, $"{owner.Node.Id.Value}#{owner.Ordinal}:{Index}")
                : string.Create(CultureInfo.InvariantCulture, $"{owner.Node.Id.Value}:{Index}");
        return Parent!.Path.Length == 0 ? step : $"{Parent.Path}/{step}";
    }
}

/// <summary>One merge in one instance.</summary>
internal sealed class MergeState
{
    private Token? _last;

    /// <summary>The lowest token that waits; the others follow in their order.</summary>
    public Token? First { get; private set; }

    public int Count { get; private set; }

    /// <summary>Tokens on their way here that are held back.</summary>
    public int Held { get; set; }

    public bool HasRun { get; set; }

    public void Add(Token token)
    {
        Count++;
        if (_last is null)
        {
            First = token;
        }
        else
        {
            _last.NextGathered = token;
        }

        _last = token;
    }

    public void Remove(Token token)
    {
        Token? before = null;
        for (var one = First; one != token; one = one!.NextGathered)
        {
            before = one;
        }

        Count--;
        if (before is null)
        {
            First = token.NextGathered;
        }
        else
        {
            before.NextGathered = token.NextGathered;
        }

        _last = _last == token ? before : _last;
        token.NextGathered = null;
    }

    public void Clear() => (First, _last, Count, Held, HasRun) = (null, null, 0, 0, false);
}
