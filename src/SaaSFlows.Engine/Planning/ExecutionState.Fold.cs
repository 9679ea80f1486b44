using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Planning;

/// <summary>What each fact does to the state.</summary>
internal sealed partial class ExecutionState
{
    private static readonly JsonElement NoEnvironment = JsonElement.Parse("{}");

    /// <summary>Takes in the next fact.</summary>
    /// <exception cref="InvalidOperationException">The fact cannot follow those before it: the journal is broken.</exception>
    public void Apply(in Fact fact)
    {
        if (fact.Kind == JournalEventKind.NodeCompleted)
        {
            var body = (EventBody.Completed)fact.Body!;
            Complete(Find(fact.Token), fact.Attempt, body.Port, body.Output, body.PassesInput, body.Variables, body.Bookmark, fact.At);
            return;
        }

        Pass(fact.At);
        switch (fact.Kind)
        {
            case JournalEventKind.ExecutionStarted:
                Start((EventBody.Started)fact.Body!, fact.At);
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
            case JournalEventKind.LoopStarted:
                StartLoop(Begin(fact), (EventBody.LoopStarted)fact.Body!);
                break;
            case JournalEventKind.IterationStarted:
                StartIteration(Begin(fact), default);
                break;
            case JournalEventKind.StimulusReceived:
                Resume(Find(fact.Token), (EventBody.Stimulated)fact.Body!, fact.At);
                break;
            case JournalEventKind.TokenAbsorbed:
                Consume(Find(fact.Token));
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

    /// <summary>Takes in that a node run ended well: the fact that comes most often, without an object for it.</summary>
    /// <param name="watch">The bookmark of the branches' time limit.</param>
    public void Complete(
        Token token,
        int attempt,
        string? port,
        JsonElement output,
        bool passesInput,
        IReadOnlyList<Variable> variables,
        BookmarkId? watch,
        DateTimeOffset at
    )
    {
        Pass(at);
        Begin(token, attempt, at);
        output = passesInput ? token.Value : output;
        SetVariables(token.Scope, variables);
        if (token.Via < 0)
        {
            ChangeValues(_root).Trigger = output;
        }

        if (token.Node.IsBreak && port == Ports.Break)
        {
            Break(token, output);
            return;
        }

        Leave(token, port, output, watch);
    }

    private void Pass(DateTimeOffset at)
    {
        _ranFor = RanFor(at);
        LastAt = at;
        _closed?.Clear();
        _dropped?.Clear();
        _cancelled?.Clear();
    }

    private void Start(EventBody.Started body, DateTimeOffset at)
    {
        Status = ExecutionStatus.Running;
        var values = _root.Values;
        values.Env = body.Env.ValueKind == JsonValueKind.Undefined ? NoEnvironment : body.Env;
        values.Trigger = body.Input;
        values.StartedAt = at;
        values.Place = body.Place;
        values.PayloadField = Graph.IndexOf(new(body.Trigger)) is var trigger and >= 0 ? Graph.Nodes[trigger].Activity.Descriptor.PayloadField : null;
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
            Add(Graph.Nodes[index], _root, -1, body.Input, null);
        }
    }

    private void StartAt(CompiledNode node, StartSeed seed)
    {
        _root.Values.Trigger = seed.Trigger;
        foreach (var output in seed.Outputs.EnumerateObject())
        {
            // A newer version may have lost a node, or put it into a loop: then nothing asks for what it put out.
            if (Graph.IndexOf(new(output.Name)) is var index and >= 0 && Graph.Nodes[index].Scope == _root.Shape)
            {
                _root.Values.Outputs[Graph.Nodes[index].Slot] = output.Value;
            }
        }

        if (!node.IsMerge)
        {
            Add(node, _root, 0, seed.Input, null);
            return;
        }

        foreach (var (order, value) in seed.Input.EnumerateArray().Index())
        {
            Add(node, _root, order, value, null);
        }
    }

    private void SetVariables(JsonElement variables)
    {
        if (variables.ValueKind == JsonValueKind.Object)
        {
            foreach (var variable in variables.EnumerateObject())
            {
                SetVariable(_root, variable.Name, variable.Value);
            }
        }
    }

    private void SetVariables(ScopeInstance scope, IReadOnlyList<Variable> variables)
    {
        for (var i = 0; i < variables.Count; i++)
        {
            var (name, value, isLocal) = variables[i];
            SetVariable(isLocal ? scope : _root, name, value);
        }
    }

    private void SetVariable(ScopeInstance scope, string name, JsonElement value)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(ChangeValues(scope).Variables, name, out var isKnown);
        VariableBytes += BytesOf(name, value) - (isKnown ? BytesOf(name, place) : 0);
        place = value;
    }

    public Token Find(int id) =>
        _parts.Live.TryGetValue(id, out var token) ? token : throw new InvalidOperationException($"Token {id} does not live.");

    private Token Begin(in Fact fact) => Begin(Find(fact.Token), fact.Attempt, fact.At);

    private Token Begin(Token token, int attempt, DateTimeOffset at)
    {
        if (token.Ordinal < 0)
        {
            token.Ordinal = token.Scope.Runs[token.Node.Slot]++;
            token.BegunAt = at;
            RunsBegun++;
        }

        token.Attempt = attempt;
        token.RetryAt = null;
        return token;
    }

    private void Intend(Token token)
    {
        token.IsPinned = true;
        token.OpenTries++;
        Set(token, TokenState.Intended);
    }

    private void Fail(Token token, EventBody.Failed body)
    {
        token.OpenTries = 0;
        token.Failures++;
        token.Stimulus = null;
        if (body.Next == AfterFailure.Retry)
        {
            token.RetryAt = body.RetryAt;
            Wait(token, TokenState.RetryWaiting, body.Bookmark, BookmarkKinds.Retry, body.RetryAt);
            return;
        }

        if (body.Next == AfterFailure.Fail)
        {
            RunsEnded++;
            Failure ??= new(Text(body.Error, "code"), Text(body.Error, "message"), token.Node.Id.Value);
            Consume(token);
            return;
        }

        if (body.CancelsArrived)
        {
            KillArrived(token, token.Watched!);
        }

        Leave(token, body.Port, body.Error, null);
    }

    private static string Text(JsonElement error, string name) => error.GetProperty(name).GetString() ?? "";

    private void Suspend(Token token, EventBody.Suspended body)
    {
        SetVariables(token.Scope, body.Variables);
        token.OpenTries = 0;
        token.Stimulus = null;
        Wait(token, TokenState.Suspended, body.Bookmark, body.Kind, body.Due);
    }

    private void Wait(Token token, TokenState state, BookmarkId? bookmark, string kind, DateTimeOffset? due)
    {
        (token.Bookmark, token.Due) = (bookmark, due);
        token.BookmarkKind = kind;
        if (bookmark is { } opened)
        {
            token.Bookmarks++;
            (_waiting ??= []).Add(opened, token);
            Expect(token);
        }

        Set(token, state);
    }

    private void Resume(Token token, EventBody.Stimulated body, DateTimeOffset at)
    {
        CloseBookmark(token);
        if (token.State == TokenState.RetryWaiting)
        {
            Set(token, TokenState.Ready);
            return;
        }

        if (token.Watched is { } group)
        {
            TimeOut(group);
        }

        token.Stimulus = new(body.Kind, body.Payload, at);
        Set(token, TokenState.Resuming);
    }

    private void CloseBookmark(Token token)
    {
        if (token.Bookmark is { } bookmark)
        {
            (_endedBookmarks ??= []).Add(bookmark);
            _waiting!.Remove(bookmark);
            token.Bookmark = null;
        }
    }
}
