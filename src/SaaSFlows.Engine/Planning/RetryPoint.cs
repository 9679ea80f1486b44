using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Planning;

/// <summary>
/// Reads an execution's journal for the state that it had when a node last began, so that another execution can begin there. For one thread.
/// </summary>
public sealed class RetryPoint(CompiledGraph graph, NodeId node)
{
    private readonly ExecutionState _state = new(graph);
    private EventBody.Started? _start;
    private int _runs;
    private (ExecutionValues Values, JsonElement Input)? _found;

    /// <summary>The node began. One inside a loop is never found: there is no one state that it began with.</summary>
    public bool IsFound => _found is not null;

    /// <summary>Takes in the next event; the first is number 1.</summary>
    /// <exception cref="InvalidOperationException">The journal is broken.</exception>
    public void Apply(JournalEvent recorded)
    {
        var fact = EventBodyReader.Read(recorded);
        _start ??= (EventBody.Started)fact.Body!;
        if (fact.Node == node && fact.Token > 0 && recorded.Scope.Length == 0)
        {
            var isBegin =
                fact.Kind
                is JournalEventKind.NodeCompleted
                    or JournalEventKind.EffectIntended
                    or JournalEventKind.NodeFailed
                    or JournalEventKind.NodeSuspended
                    or JournalEventKind.LoopStarted;
            if (isBegin && fact.Ordinal >= _runs && _state.Find(fact.Token) is var token)
            {
                _runs = fact.Ordinal + 1;
                _found = (
                    ExecutionState.ShareValues(token.Scope),
                    token.State == TokenState.Gathered ? MergeInput.Of(ExecutionState.Gathering(token)) : token.Value
                );
            }
        }

        _state.Apply(fact);
    }

    /// <summary>The first event of an execution that begins at the node, but for its time. Only if <see cref="IsFound"/>.</summary>
    public JournalEvent Started()
    {
        var (values, input) = _found ?? throw new InvalidOperationException("The node never began.");
        var outputs = graph
            .Nodes.Where(n => n.Scope == values.Shape && values.Outputs[n.Slot].ValueKind != JsonValueKind.Undefined)
            .Select(n => KeyValuePair.Create(n.Id.Value, values.Outputs[n.Slot]));
        var seed = new StartSeed(node, input, values.Trigger, Object(outputs));
        var body = _start! with { Variables = Object(values.Variables), Seed = seed };
        return new(1, JournalEventKind.ExecutionStarted, new(body.Trigger), "", 0, 0, 0, default, JournalBodies.Write(body));
    }

    private static JsonElement Object(IEnumerable<KeyValuePair<string, JsonElement>> fields)
    {
        using var scratch = JsonScratch.Rent();
        var writer = scratch.Writer;
        writer.WriteStartObject();
        foreach (var (name, value) in fields)
        {
            EventBodyWriter.WriteValue(writer, name, value);
        }

        writer.WriteEndObject();
        return JsonElement.Parse(scratch.Written, JsonScratch.Nested);
    }
}
