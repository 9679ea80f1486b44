using System.Text.Json;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Engine.Planning;

/// <summary>
/// What expressions can see of one scope's instance, and through it of those around it. An effect reads it from another thread while the
/// execution goes on, so it is shared by snapshot: once shared, the next change is made to a copy.
/// </summary>
internal sealed class ExecutionValues(CompiledScope shape)
{
    private Dictionary<string, JsonElement>? _variables;

    public CompiledScope Shape { get; } = shape;

    /// <summary>What is around it; null for the graph.</summary>
    public ExecutionValues? Parent { get; set; }

    public bool IsShared { get; private set; }

    /// <summary>Of the graph only.</summary>
    public JsonElement Env { get; set; }

    /// <summary>What started the execution; once the trigger ran, what it put out. Of the graph only.</summary>
    public JsonElement Trigger { get; set; }

    /// <summary>The field of <see cref="Trigger"/> that holds what was sent; null if there is none. Of the graph only.</summary>
    public string? PayloadField { get; set; }

    /// <summary>
    /// What was captured at the start of where the execution runs: fields by <c>workflow</c> and <c>tenant</c>; undefined if nothing was asked for.
    /// Of the graph only.
    /// </summary>
    public JsonElement Place { get; set; }

    /// <summary>When the execution started. Of the graph only.</summary>
    public DateTimeOffset StartedAt { get; set; }

    /// <summary>The item of an iteration; undefined if there is none.</summary>
    public JsonElement Item { get; set; }

    public int Index { get; set; }

    public string? ItemName { get; set; }

    public string? IndexName { get; set; }

    /// <summary>The workflow's variables, or those local to an iteration.</summary>
    public Dictionary<string, JsonElement> Variables => _variables ??= new(StringComparer.Ordinal);

    public bool HasVariables => _variables is { Count: > 0 };

    /// <summary>What each node put out last, by slot; undefined before its first run.</summary>
    public JsonElement[] Outputs { get; private set; } = new JsonElement[shape.Size];

    /// <summary>The values of the graph itself.</summary>
    public ExecutionValues Root => Parent?.Root ?? this;

    public bool IsRoot => Shape.Parent is null;

    public void Share()
    {
        for (var one = this; one is { IsShared: false }; one = one.Parent)
        {
            one.IsShared = true;
        }
    }

    public ExecutionValues Copy() =>
        new(Shape)
        {
            Parent = Parent,
            Env = Env,
            Trigger = Trigger,
            PayloadField = PayloadField,
            StartedAt = StartedAt,
            Place = Place,
            Item = Item,
            Index = Index,
            ItemName = ItemName,
            IndexName = IndexName,
            _variables = _variables is null ? null : new(_variables, StringComparer.Ordinal),
            Outputs = [.. Outputs],
        };

    public void Clear()
    {
        (Item, Env, Trigger, Place, PayloadField, Parent) = (default, default, default, default, null, null);
        _variables?.Clear();
        Array.Clear(Outputs);
    }
}
