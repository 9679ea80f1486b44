using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Views;

/// <summary>Follows one journal, event by event, and says what each event changed. Not safe for use by two threads.</summary>
public sealed class ExecutionProjection
{
    private readonly ExecutionState _state;
    private readonly NodeView[] _nodes;
    private readonly List<NodeId> _path = [];
    private EventBody.Started? _start;
    private ExecutionStatus _status = ExecutionStatus.Queued;
    private DateTimeOffset? _startedAt;
    private DateTimeOffset? _endedAt;
    private long _lastSeq;

    public ExecutionProjection(CompiledGraph graph)
    {
        _state = new(graph);
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

        var input = fact.Token > 0 ? InputOf(fact.Token) : default;
        _state.Apply(fact);
        if (fact.Node is { } node && fact.Token > 0)
        {
            ref var view = ref _nodes[_state.Graph.IndexOf(node)];
            view = Changed(view, fact, input);
            changes.Add(new ExecutionChange.OfNode(recorded.Seq, fact.At, view));
        }

        ChangeStatus(recorded, changes);
        return changes;
    }

    /// <summary>The execution as it stands now.</summary>
    public ExecutionView View() => new(
        _status,
        _start is null ? null : new NodeId(_start.Trigger),
        _start?.Input ?? default,
        _start?.Metadata ?? default,
        _startedAt,
        _endedAt,
        [.. _state.Graph.Definition.Nodes.Select(node => _nodes[_state.Graph.IndexOf(node.Id)])],
        [.. _path],
        new Dictionary<string, JsonElement>(_state.Values.Variables, StringComparer.Ordinal),
        _status == ExecutionStatus.Completed ? _state.Output : default,
        _state.Failure?.Code,
        _state.Failure?.Message,
        _state.Failure?.Node is { } node ? new NodeId(node) : null,
        _lastSeq);

    private JsonElement InputOf(int id)
    {
        foreach (var token in _state.Live)
        {
            if (token.Id == id)
            {
                return token.State == TokenState.Gathered ? MergeInput.Of(_state.Gathering(token.Node)) : token.Value;
            }
        }

        return default;
    }

    private NodeView Changed(NodeView view, in Fact fact, JsonElement input)
    {
        switch (fact.Body)
        {
            case EventBody.Completed body:
                _path.Add(view.Id);
                return Begun(view, fact, input) with
                {
                    Status = NodeStatus.Completed,
                    CompletedAt = fact.At,
                    Output = body.PassesInput ? input : body.Output,
                    Port = body.Port,
                    Logs = WithMore(Begun(view, fact, input).Logs, body.Logs),
                };
            case EventBody.Failed body:
                var ended = body.Next != AfterFailure.Retry;
                if (ended)
                {
                    _path.Add(view.Id);
                }

                return Begun(view, fact, input) with
                {
                    Status = ended ? NodeStatus.Failed : NodeStatus.Waiting,
                    CompletedAt = ended ? fact.At : null,
                    Error = body.Error,
                    Port = body.Port,
                    Logs = WithMore(Begun(view, fact, input).Logs, body.Logs),
                };
            case EventBody.Suspended body:
                return Begun(view, fact, input) with { Status = NodeStatus.Waiting, Logs = WithMore(Begun(view, fact, input).Logs, body.Logs) };
            case EventBody.Skipped body:
                return view with { Status = NodeStatus.Skipped, CompletedAt = fact.At, Input = input, Output = input, Port = body.Port };
            case EventBody.Stimulated:
                return view with { Status = NodeStatus.Running };
            default:
                return fact.Kind == JournalEventKind.EffectIntended
                    ? Begun(view, fact, input) with { Status = NodeStatus.Running }
                    : view with { Logs = WithMore(view.Logs, ["A token that came after the merge ran was absorbed."]) };
        }
    }

    private static NodeView Begun(NodeView view, in Fact fact, JsonElement input)
    {
        var isNew = fact.Ordinal >= view.Runs;
        return isNew
            ? new(view.Id, NodeStatus.Running, fact.At, null, input, default, [], default, fact.Attempt, null, fact.Ordinal + 1)
            : view with { Attempt = fact.Attempt, Error = default };
    }

    private static IReadOnlyList<string> WithMore(IReadOnlyList<string> logs, IReadOnlyList<string> more) => more.Count == 0 ? logs : [.. logs, .. more];

    private void ChangeStatus(JournalEvent recorded, List<ExecutionChange> changes)
    {
        var status = _state.Status == ExecutionStatus.Running && IsParked() ? ExecutionStatus.Waiting : _state.Status;
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
        changes.Add(new ExecutionChange.OfExecution(recorded.Seq, recorded.At, status, view.Output, view.ErrorCode, view.ErrorMessage, view.ErrorNode));
    }

    private bool IsParked()
    {
        var waits = false;
        foreach (var token in _state.Live)
        {
            var hasBookmark = token.State is TokenState.Suspended or TokenState.RetryWaiting && token.Bookmark is not null;
            if (!hasBookmark && token.State != TokenState.Gathered)
            {
                return false;
            }

            waits |= hasBookmark;
        }

        return waits;
    }

    private void End(JournalEvent recorded, List<ExecutionChange> changes)
    {
        foreach (ref var node in _nodes.AsSpan())
        {
            var status = node.Status switch
            {
                NodeStatus.Pending => NodeStatus.Skipped,
                NodeStatus.Running or NodeStatus.Waiting => NodeStatus.Cancelled,
                var ended => ended,
            };
            if (status != node.Status)
            {
                node = node with { Status = status, CompletedAt = node.StartedAt is null ? null : recorded.At };
                changes.Add(new ExecutionChange.OfNode(recorded.Seq, recorded.At, node));
            }
        }
    }
}
