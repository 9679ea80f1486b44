using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;

namespace SaaSFlows.Engine.Planning;

/// <summary>What each fact does to the state.</summary>
internal sealed partial class ExecutionState
{
    /// <summary>Takes in the next fact.</summary>
    /// <exception cref="InvalidOperationException">The fact cannot follow those before it: the journal is broken.</exception>
    public void Apply(in Fact fact)
    {
        LastAt = fact.At;
        switch (fact.Kind)
        {
            case JournalEventKind.ExecutionStarted:
                Start((EventBody.Started)fact.Body!);
                break;
            case JournalEventKind.NodeCompleted:
                Complete(Begin(fact), (EventBody.Completed)fact.Body!);
                break;
            case JournalEventKind.EffectIntended:
                Intend(Begin(fact));
                break;
            case JournalEventKind.NodeFailed:
                Fail(Begin(fact), (EventBody.Failed)fact.Body!);
                break;
            case JournalEventKind.NodeSuspended:
                Suspend(Begin(fact), (EventBody.Suspended)fact.Body!);
                break;
            case JournalEventKind.StimulusReceived:
                Resume(Find(fact.Token), (EventBody.Stimulated)fact.Body!, fact.At);
                break;
            case JournalEventKind.TokenAbsorbed:
                _live.Remove(Find(fact.Token));
                break;
            case JournalEventKind.NodeSkipped:
                Skip(Find(fact.Token), (EventBody.Skipped)fact.Body!);
                break;
            case JournalEventKind.CancelRequested:
                CancelRequested = true;
                break;
            case JournalEventKind.ExecutionCompleted:
                Status = ExecutionStatus.Completed;
                break;
            case JournalEventKind.ExecutionFailed:
                Failure = (EventBody.ExecutionFailed)fact.Body!;
                Status = ExecutionStatus.Failed;
                break;
            case JournalEventKind.ExecutionCancelled:
                Status = ExecutionStatus.Cancelled;
                break;
            default:
                throw new InvalidOperationException($"Unknown event kind {(short)fact.Kind}.");
        }
    }

    private void Start(EventBody.Started body)
    {
        Status = ExecutionStatus.Running;
        _values.Env = body.Env;
        _values.Trigger = body.Input;
        SetVariables(Graph.Definition.GlobalVariables);
        SetVariables(body.Variables);
        var first = body.Seed?.At ?? new(body.Trigger);
        if (Graph.IndexOf(first) is var index && index < 0)
        {
            Failure = new("execution.unknown_trigger", $"The workflow has no node '{first.Value}' to start at.", null);
        }
        else if (body.Seed is { } seed)
        {
            StartAt(Graph.Nodes[index], seed);
        }
        else
        {
            _live.Add(new(++_lastToken, Graph.Nodes[index], -1, body.Input));
        }
    }

    private void StartAt(CompiledNode node, StartSeed seed)
    {
        _values.Trigger = seed.Trigger;
        foreach (var output in seed.Outputs.EnumerateObject())
        {
            // A newer version may have lost a node: then nothing asks for what it put out.
            if (Graph.IndexOf(new(output.Name)) is var index and >= 0)
            {
                _values.Outputs[index] = output.Value;
            }
        }

        if (!node.IsMerge)
        {
            Put(node, 0, seed.Input);
            return;
        }

        foreach (var (order, value) in seed.Input.EnumerateArray().Index())
        {
            Put(node, order, value);
        }
    }

    private void SetVariables(JsonElement variables)
    {
        if (variables.ValueKind == JsonValueKind.Object)
        {
            foreach (var variable in variables.EnumerateObject())
            {
                _values.Variables[variable.Name] = variable.Value;
            }
        }
    }

    public Token Find(int id)
    {
        var (low, high) = (0, _live.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var token = _live[middle];
            if (token.Id == id)
            {
                return token;
            }

            (low, high) = token.Id < id ? (middle + 1, high) : (low, middle - 1);
        }

        throw new InvalidOperationException($"Token {id} does not live.");
    }

    private Token Begin(in Fact fact)
    {
        var token = Find(fact.Token);
        if (token.Ordinal < 0)
        {
            token.Ordinal = _runs[token.Node.Index]++;
            RunsBegun++;
        }

        token.Attempt = fact.Attempt;
        token.RetryAt = null;
        return token;
    }

    private static void Intend(Token token)
    {
        token.State = TokenState.Intended;
        token.OpenTries++;
    }

    private void Complete(Token token, EventBody.Completed body)
    {
        var output = body.PassesInput ? token.Value : body.Output;
        var values = ChangeValues();
        foreach (var (name, value) in body.Variables)
        {
            values.Variables[name] = value;
        }

        if (token.Via < 0)
        {
            values.Trigger = output;
        }

        Leave(token, body.Port, output);
    }

    private void Fail(Token token, EventBody.Failed body)
    {
        token.OpenTries = 0;
        token.Failures++;
        token.Stimulus = null;
        if (body.Next == AfterFailure.Retry)
        {
            token.State = TokenState.RetryWaiting;
            token.RetryAt = body.RetryAt;
            token.Bookmark = body.Bookmark;
            token.BookmarkKind = BookmarkKinds.Retry;
            token.Bookmarks += body.Bookmark is null ? 0 : 1;
            return;
        }

        if (body.Next == AfterFailure.Fail)
        {
            RunsEnded++;
            Consume(token);
            Failure ??= new(Text(body.Error, "code"), Text(body.Error, "message"), token.Node.Id.Value);
            return;
        }

        Leave(token, body.Port, body.Error);
    }

    private static string Text(JsonElement error, string name) => error.GetProperty(name).GetString() ?? "";

    private void Suspend(Token token, EventBody.Suspended body)
    {
        foreach (var (name, value) in body.Variables)
        {
            ChangeValues().Variables[name] = value;
        }

        token.OpenTries = 0;
        token.Stimulus = null;
        token.State = TokenState.Suspended;
        token.Bookmark = body.Bookmark;
        token.BookmarkKind = body.Kind;
        token.Bookmarks++;
    }

    private void Resume(Token token, EventBody.Stimulated body, DateTimeOffset at)
    {
        _endedBookmarks.Add(body.Bookmark);
        token.Bookmark = null;
        if (token.State == TokenState.RetryWaiting)
        {
            token.State = TokenState.Ready;
            return;
        }

        token.State = TokenState.Resuming;
        token.Stimulus = new(body.Kind, body.Payload, at);
    }

    private void Skip(Token token, EventBody.Skipped body)
    {
        _live.Remove(token);
        Send(token.Node, body.Port, token.Value);
    }

    private void Leave(Token token, string? port, JsonElement output)
    {
        RunsEnded++;
        ChangeValues().Outputs[token.Node.Index] = output;
        if (token.Node.IsEnd || !_endWasReached)
        {
            Output = output;
            _endWasReached |= token.Node.IsEnd;
        }

        Consume(token);
        Send(token.Node, port, output);
    }

    private void Consume(Token token)
    {
        if (!token.Node.IsMerge || !token.Node.Enabled)
        {
            _live.Remove(token);
            return;
        }

        foreach (var gathered in Gathering(token.Node))
        {
            _live.Remove(gathered);
        }

        _merged[token.Node.Index] = true;
        foreach (var late in _live)
        {
            if (late.Node == token.Node)
            {
                late.State = TokenState.Ready;
            }
        }
    }

    private void Send(CompiledNode from, string? port, JsonElement value)
    {
        foreach (var connection in from.From(port))
        {
            Put(Graph.Nodes[connection.ToNode], connection.Order, value);
        }
    }

    private void Put(CompiledNode node, int via, JsonElement value)
    {
        var token = new Token(++_lastToken, node, via, value);
        if (node.IsMerge && node.Enabled && !_merged[node.Index])
        {
            token.State = TokenState.Gathered;
            _gathered[node.Index]++;
        }

        _live.Add(token);
    }

    private ExecutionValues ChangeValues()
    {
        if (_valuesAreShared)
        {
            _values = _values.Copy();
            _valuesAreShared = false;
        }

        return _values;
    }
}
