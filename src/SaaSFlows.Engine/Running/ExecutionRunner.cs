using System.Collections.Frozen;
using System.Text.Json;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>How a runner left its execution.</summary>
internal enum RunOutcome
{
    Ended,
    Parked,
    Yielded,

    /// <summary>Somebody else has it now; nothing more was written.</summary>
    Lost,
}

/// <summary>Runs one claimed execution until it ends, parks or must be given back: fold, plan, execute, append.</summary>
internal sealed partial class ExecutionRunner : IDisposable
{
    private readonly RunnerContext _context;
    private readonly ClaimedExecution _claimed;
    private readonly ExecutionState _state;
    private readonly NodeResults _results;
    private readonly RunnerInbox _inbox;
    private readonly PendingEvents _pending = PendingEvents.Rent();
    private readonly Mailbox _messages;
    private readonly NodeRun _pure;
    private readonly CancellationToken _lost;
    private readonly int _effectSlots;
    private long _head;
    private Effects? _effects;
    private DateTimeOffset _now;
    private DateTimeOffset _pendingSince;
    private bool _draining;
    private List<BookmarkId>? _dropped;
    private ITimer? _shutdownGrace;
    private RunOutcome? _outcome;

    /// <param name="messages">Where the worker tells of new facts and of shutdown.</param>
    /// <param name="lost">Cancelled when the lease is gone.</param>
    public ExecutionRunner(RunnerContext context, CompiledGraph graph, ClaimedExecution claimed, Mailbox messages, CancellationToken lost)
    {
        (_context, _claimed, _messages, _lost) = (context, claimed, messages, lost);
        _state = new(graph);
        _effectSlots = context.Options.EffectsPerExecution == 1 ? 1 : Math.Max(context.Options.EffectsPerExecution, graph.Width);
        _results = new(context.Limits);
        _pure = new(claimed.Ref, graph, context.Limits);
        _inbox = new(claimed.InboxSeq);
    }

    /// <summary>Number of the last inbox fact that the runner knows; read by the worker's heartbeat.</summary>
    public long SeenInbox => _inbox.Seen;

    /// <summary>Numbers of the tokens whose effects are in hand.</summary>
    private IReadOnlySet<int> InHand => _effects?.InHand ?? FrozenSet<int>.Empty;

    /// <summary>Runs. A lost lease is an answer, not an exception.</summary>
    /// <param name="known">Events already stored, if the caller has them; else empty and they are read.</param>
    public async ValueTask<RunOutcome> RunAsync(IReadOnlyList<JournalEvent> known)
    {
        try
        {
            await LoadAsync(known);
            _state.BeginPlanning();
            if (_claimed.InboxSeq > 0)
            {
                await ReadInboxAsync(first: true);
            }

            ReadClock();
            while (_outcome is null)
            {
                while (_messages.TryTake(out var message))
                {
                    await HeedAsync(message);
                }

                TakeDue();
                await StepAsync(Planner.Next(_state, _context.Limits, new(_now, InHand, _draining ? 0 : _effectSlots)));
                await FlushIfDueAsync();
            }

            return _outcome.Value;
        }
        catch (OperationCanceledException) when (_lost.IsCancellationRequested)
        {
            return RunOutcome.Lost;
        }
    }

    public void Dispose()
    {
        _shutdownGrace?.Dispose();
        _effects?.Dispose();
        if (_effects is null)
        {
            // Effects that were left behind still look at their tokens.
            _state.Release();
        }

        _pending.Dispose();
    }

    /// <summary>
    /// The time now. Read after everything that takes some: a node, a write, a wait. What is planned in between goes by the last reading.
    /// </summary>
    private DateTimeOffset ReadClock() => _now = JournalBodies.ToMicroseconds(_context.Time.GetUtcNow());

    private async Task LoadAsync(IReadOnlyList<JournalEvent> known)
    {
        const int PageSize = 1_000;
        var page = known;
        while (true)
        {
            for (var i = 0; i < page.Count; i++)
            {
                _state.Apply(EventBodyReader.Read(page[i]));
                NoteDropped();
                _head = page[i].Seq;
            }

            if (_head >= _claimed.HeadSeq)
            {
                return;
            }

            page = await _context.Journal.ReadAsync(_claimed.Ref.Id, _head, PageSize, _lost);
            if (page.Count == 0)
            {
                throw new InvalidOperationException($"The journal ends at {_head}, before {_claimed.HeadSeq}.");
            }
        }
    }

    private ValueTask StepAsync(Decision decision)
    {
        switch (decision.Kind)
        {
            case DecisionKind.RunPure:
                return RunPureAsync(Pure(decision.Token!, decision.Token!.Value));
            case DecisionKind.FireMerge:
                return RunPureAsync(Pure(decision.Token!, MergeInput.Of(ExecutionState.Gathering(decision.Token!))));
            case DecisionKind.GoRound:
                return GoRoundAsync(decision.Token!, decision.Token!.Loop!);
            case DecisionKind.Resume:
                var resumed = Pure(decision.Token!, decision.Token!.Value, isNewTry: false);
                RecordResult(resumed, NodeActivity.Resume(resumed, _context.Logger, decision.Token!.Stimulus!));
                return default;
            case DecisionKind.RunEffect:
                Intend(decision.Token!);
                return default;
            case DecisionKind.GiveUp:
                RecordResult(
                    Pure(decision.Token!, decision.Token!.Value, isNewTry: false),
                    new ActivityResult.Failed(
                        "node.lost",
                        $"The process ended {_context.Limits.LostTries} times while this node ran; the limit is {_context.Limits.LostTries}.",
                        Retryable: false
                    )
                );
                return default;
            case DecisionKind.Skip:
                RecordToken(JournalEventKind.NodeSkipped, decision.Token!, new EventBody.Skipped("disabled", decision.Token!.Node.MainPort));
                return default;
            case DecisionKind.Absorb:
                RecordToken(JournalEventKind.TokenAbsorbed, decision.Token!, null);
                return default;
            case DecisionKind.Wait:
                return WaitAsync();
            default:
                return EndAsync(decision.Kind);
        }
    }

    private NodeRun Pure(Token token, JsonElement input, bool isNewTry = true) =>
        _pure.Begin(token, isNewTry, input, ExecutionState.ValuesOf(token.Scope), _state.LastAt);

    private ValueTask RunPureAsync(NodeRun run)
    {
        var result = NodeActivity.RunAsync(run, _context.Logger, _lost);
        if (!result.IsCompletedSuccessfully)
        {
            return AwaitedAsync(run, result);
        }

        RecordResult(run, result.Result);
        return default;

        async ValueTask AwaitedAsync(NodeRun run, ValueTask<ActivityResult> result) => RecordResult(run, await result);
    }

    /// <summary>A loop's next step: how it leaves is decided here, whether it goes on by its activity.</summary>
    private ValueTask GoRoundAsync(Token token, LoopRun loop)
    {
        var run = Pure(token, token.Value, isNewTry: false);
        if (loop.IsOverflowing)
        {
            RecordResult(
                run,
                new ActivityResult.Failed(
                    "loop.results_too_large",
                    $"The results of the loop have more than {loop.ResultLimit:N0} bytes; that is the limit.",
                    Retryable: false
                )
            );
            return default;
        }

        if (!loop.IsBroken && !loop.HasItems)
        {
            return RunPureAsync(run);
        }

        RecordResult(run, new ActivityResult.Completed(Ports.Complete, default));
        return default;
    }

    private void Intend(Token token)
    {
        var run = new NodeRun(_claimed.Ref, _state.Graph, _context.Limits).Begin(
            token,
            true,
            token.Value,
            ExecutionState.ShareValues(token.Scope),
            ReadClock()
        );
        Record(new(JournalEventKind.EffectIntended, run.Node, token.Scope.Path, token.Id, run.Attempt, run.Ordinal, run.Now, null));
        _effects ??= new(_context, _messages);
        _effects.Intend(run);
    }

    private void RecordResult(NodeRun run, ActivityResult result)
    {
        result = _results.Refusal(run, result) ?? _results.Refusal(run, _state) ?? result;
        if (result is ActivityResult.Completed completed)
        {
            RecordCompleted(run, completed);
            return;
        }

        var now = ReadClock();
        var (kind, body) = _results.Of(run, result, now);
        Record(new(kind, run.Node, run.Token.Scope.Path, run.Token.Id, run.Attempt, run.Ordinal, now, body));
        if (body is EventBody.Suspended or EventBody.Failed { Bookmark: not null })
        {
            TakeFacts();
        }
    }

    private void RecordCompleted(NodeRun run, ActivityResult.Completed completed)
    {
        var (token, node) = (run.Token, run.Token.Node);
        var port = token.Loop is { HasLeft: true } ? null : completed.Port;
        var output = completed.Output;
        if (output.ValueKind == JsonValueKind.Undefined)
        {
            output = node.Body is null ? NodeResults.JsonNull : token.Loop?.Output() ?? LoopRun.NoIteration;
        }

        var now = ReadClock();
        var passesInput = NodeResults.PassesInput(run, output);
        BookmarkId? watch = node.Fork?.TimeLimit is not null && token.Watched is null ? run.NextBookmark : null;
        Note(now);
        _pending.AddCompleted(run, port, output, passesInput, watch, now + node.Fork?.TimeLimit, now);
        _state.Complete(token, run.Attempt, port, output, passesInput, run.Variables, watch, now);
        Interrupt();
    }

    private void RecordToken(JournalEventKind kind, Token token, EventBody? body) =>
        Record(new(kind, token.Node.Id, token.Scope.Path, token.Id, token.Attempt, Math.Max(token.Ordinal, 0), ReadClock(), body));

    private void Record(in Fact fact)
    {
        Note(fact.At);
        _pending.Add(fact);
        _state.Apply(fact);
        Interrupt();
    }

    private void Note(DateTimeOffset at) => _pendingSince = _pending.Count == 0 ? at : _pendingSince;

    /// <summary>Sees to what the last fact cancelled: bookmarks are closed, effects told to stop, their answers not waited for.</summary>
    private void Interrupt()
    {
        foreach (var bookmark in _state.Closed)
        {
            _pending.Close(bookmark);
        }

        foreach (var token in _state.Cancelled)
        {
            _effects?.Drop(token);
        }

        NoteDropped();
    }

    private void NoteDropped()
    {
        if (_state.Dropped is { Count: > 0 } dropped)
        {
            (_dropped ??= []).AddRange(dropped);
        }
    }
}
