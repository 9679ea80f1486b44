using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Views;

/// <summary>Follows one journal, event by event, and says what each event changed. Not safe for use by two threads.</summary>
public sealed class ExecutionProjection
{
    private const int LongestPath = 1_000;

    private readonly ExecutionState _state;
    private readonly NodeView[] _nodes;
    private readonly int[] _shown;
    private readonly List<NodeId> _path = [];
    private bool _pathTruncated;
    private EventBody.Started? _start;
    private ExecutionStatus _status = ExecutionStatus.Queued;
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _endedAt;
    private long _lastSeq;

    public ExecutionProjection(CompiledGraph graph)
    {
        _state = new(graph);
        _shown = new int[graph.Nodes.Length];
        _nodes = [.. graph.Nodes.Select(node => new NodeView(node.Id, NodeStatus.Pending, null, null, default, default, [], default, 0, null, 0))];
    }

    /// <summary>Takes in the next event; events already seen change nothing.</summary>
    /// <exception cref="InvalidOperationException">The journal is broken.</exception>
    public IReadOnlyList<ExecutionChange> Apply(JournalEvent recorded)
    {
        if (recorded.Seq <= _lastSeq)
        {
            return [];
        }

        _lastSeq = recorded.Seq;
        var fact = EventBodyReader.Read(recorded);
        var changes = new List<ExecutionChange>();
        if (fact.Kind == JournalEventKind.ExecutionStarted)
        {
            (_start, _startedAt) = ((EventBody.Started)fact.Body!, fact.At);
        }

        if (fact.Node is { } node && fact.Token > 0)
        {
            // Looked at before the fact: it may end the token.
            var index = _state.Graph.IndexOf(node);
            var token = _state.Find(fact.Token);
            var view = Changed(Shown(index, token, fact), fact, InputOf(token)) with { WaitingUntil = DueOf(fact) };
            _state.Apply(fact);
            _nodes[index] = view;
            changes.Add(new ExecutionChange.OfNode(recorded.Seq, fact.At, EventWords.Worded(view)));
        }
        else
        {
            _state.Apply(fact);
        }

        ShowCancelled(recorded, changes);
        ChangeStatus(recorded, changes);
        return changes;
    }

    /// <summary>The execution as it stands now.</summary>
    public ExecutionView View() =>
        new(
            _status,
            _start is null ? null : new NodeId(_start.Trigger),
            _start?.Input ?? default,
            _start?.Metadata ?? default,
            _startedAt,
            _endedAt,
            [.. _state.Graph.Definition.Nodes.Select(node => EventWords.Worded(_nodes[_state.Graph.IndexOf(node.Id)]))],
            [.. _path],
            new Dictionary<string, JsonElement>(_state.Variables, StringComparer.Ordinal),
            _status == ExecutionStatus.Completed ? _state.Output : default,
            _state.Failure?.Code,
            _state.Failure?.Message,
            _state.Failure?.Node is { } node ? new NodeId(node) : null,
            _lastSeq
        )
        {
            PathTruncated = _pathTruncated,
        };

    /// <summary>Roughly, the bytes of JSON and text that this holds.</summary>
    public long HeldBytes() =>
        _nodes.Sum(node => BytesOf(node.Input) + BytesOf(node.Output) + BytesOf(node.Error) + node.Logs.Sum(line => (long)line.Length))
        + _state.Variables.Sum(variable => variable.Key.Length + BytesOf(variable.Value));

    private static long BytesOf(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(value).Length;

    private static JsonElement InputOf(Token token) =>
        token.State == TokenState.Gathered ? MergeInput.Of(ExecutionState.Gathering(token)) : token.Value;

    /// <summary>The node as it was, or a new run of it. Of several that run side by side, the one is shown that changed last.</summary>
    private NodeView Shown(int index, Token token, in Fact fact)
    {
        var view = _nodes[index];
        var begins = token.Ordinal < 0 && fact.Kind is not (JournalEventKind.TokenAbsorbed or JournalEventKind.NodeSkipped);
        if (begins || (_shown[index] != token.Id && fact.Kind != JournalEventKind.TokenAbsorbed))
        {
            _shown[index] = token.Id;
            view = new(
                view.Id,
                NodeStatus.Running,
                begins ? fact.At : token.BegunAt,
                null,
                InputOf(token),
                default,
                [],
                default,
                fact.Attempt,
                null,
                view.Runs + (begins ? 1 : 0)
            )
            {
                Scope = fact.Scope,
                FailedRuns = view.FailedRuns,
            };
        }

        return view;
    }

    private NodeView Changed(NodeView view, in Fact fact, JsonElement input)
    {
        switch (fact.Body)
        {
            case EventBody.Completed body:
                AddToPath(view.Id);
                return Tried(view, fact) with
                {
                    Status = NodeStatus.Completed,
                    CompletedAt = fact.At,
                    Output = body.PassesInput ? input : body.Output,
                    Port = body.Port,
                    Logs = WithMore(view.Logs, EventWords.Of(fact)),
                };
            case EventBody.Failed body:
                var ended = body.Next != AfterFailure.Retry;
                if (ended)
                {
                    AddToPath(view.Id);
                }

                return Tried(view, fact) with
                {
                    Status = ended ? NodeStatus.Failed : NodeStatus.Waiting,
                    CompletedAt = ended ? fact.At : null,
                    Error = body.Error,
                    FailedRuns = view.FailedRuns + (ended ? 1 : 0),
                    Port = body.Port,
                    Logs = WithMore(view.Logs, EventWords.Of(fact)),
                };
            case EventBody.Suspended:
                return Tried(view, fact) with { Status = NodeStatus.Waiting, Logs = WithMore(view.Logs, EventWords.Of(fact)) };
            case EventBody.Skipped body:
                return view with
                {
                    Status = NodeStatus.Skipped,
                    StartedAt = null,
                    CompletedAt = fact.At,
                    Output = input,
                    Port = body.Port,
                    Logs = EventWords.Of(fact),
                };
            case EventBody.LoopStarted:
                return Tried(view, fact) with { Status = NodeStatus.Running, Logs = WithMore(view.Logs, EventWords.Of(fact)) };
            case EventBody.IterationStarted:
                return view with { Status = NodeStatus.Running, Logs = WithMore(view.Logs, EventWords.Of(fact)) };
            case EventBody.Stimulated:
                return view with { Status = NodeStatus.Running, Logs = WithMore(view.Logs, EventWords.Of(fact)) };
            default:
                return fact.Kind == JournalEventKind.EffectIntended
                    ? Tried(view, fact) with
                    {
                        Status = NodeStatus.Running,
                    }
                    : view with
                    {
                        Logs = WithMore(view.Logs, EventWords.Of(fact)),
                    };
        }
    }

    private static DateTimeOffset? DueOf(in Fact fact) =>
        fact.Body switch
        {
            EventBody.Suspended waiting => waiting.Due,
            EventBody.Failed { Next: AfterFailure.Retry } failed => failed.RetryAt,
            _ => null,
        };

    private static NodeView Tried(NodeView view, in Fact fact) => view with { Attempt = fact.Attempt, Error = default };

    private void AddToPath(NodeId node)
    {
        if (_path.Count < LongestPath)
        {
            _path.Add(node);
        }
        else
        {
            _pathTruncated = true;
        }
    }

    private void ShowCancelled(JournalEvent recorded, List<ExecutionChange> changes)
    {
        foreach (var token in _state.Cancelled)
        {
            if (Array.IndexOf(_shown, token) is >= 0 and var index && _nodes[index].Status is NodeStatus.Running or NodeStatus.Waiting)
            {
                _nodes[index] = Cancelled(_nodes[index]) with { CompletedAt = recorded.At };
                changes.Add(new ExecutionChange.OfNode(recorded.Seq, recorded.At, EventWords.Worded(_nodes[index])));
            }
        }
    }

    private static NodeView Cancelled(NodeView node) =>
        node with
        {
            Status = NodeStatus.Cancelled,
            WaitingUntil = null,
            Logs = WithMore(node.Logs, [EventWords.Cancelled]),
        };

    private static IReadOnlyList<string> WithMore(IReadOnlyList<string> logs, IReadOnlyList<string> more) =>
        more.Count == 0 ? logs : [.. logs, .. more];

    private void ChangeStatus(JournalEvent recorded, List<ExecutionChange> changes)
    {
        var status = _state.Status == ExecutionStatus.Running && _state.IsParked ? ExecutionStatus.Waiting : _state.Status;
        if (status == _status)
        {
            return;
        }

        _status = status;
        if (status is ExecutionStatus.Completed or ExecutionStatus.Failed or ExecutionStatus.Cancelled)
        {
            _endedAt = recorded.At;
            End(recorded, changes);
        }

        var view = View();
        changes.Add(
            new ExecutionChange.OfExecution(recorded.Seq, recorded.At, status, view.Output, view.ErrorCode, view.ErrorMessage, view.ErrorNode)
        );
    }

    private void End(JournalEvent recorded, List<ExecutionChange> changes)
    {
        foreach (ref var node in _nodes.AsSpan())
        {
            var ended = node.Status switch
            {
                NodeStatus.Pending => node with
                {
                    Status = NodeStatus.Skipped,
                    Logs = _status == ExecutionStatus.Completed ? [] : [EventWords.EndedBefore],
                },
                NodeStatus.Running or NodeStatus.Waiting => Cancelled(node),
                _ => node,
            };
            if (ended.Status != node.Status)
            {
                node = ended with { CompletedAt = node.StartedAt is null ? null : recorded.At };
                changes.Add(new ExecutionChange.OfNode(recorded.Seq, recorded.At, EventWords.Worded(node)));
            }
        }
    }
}
