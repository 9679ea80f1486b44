using System.Runtime.InteropServices;
using System.Text.Json;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Planning;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>The runner's dealings with the store, the inbox and time.</summary>
internal sealed partial class ExecutionRunner
{
    private const int FlushBytes = 1024 * 1024;

    private async ValueTask HeedAsync(RunnerMessage message)
    {
        switch (message)
        {
            case RunnerMessage.EffectEnded ended:
                if (_effects!.End(ended.Run) && ended.Result is not null)
                {
                    RecordResult(ended.Run, ended.Result);
                }

                break;
            case RunnerMessage.Broken broken:
                throw new InvalidOperationException("An effect could not be run.", broken.Error);
            case RunnerMessage.NewFacts:
                await ReadInboxAsync(first: false);
                break;
            case RunnerMessage.Drain when !_draining:
                _draining = true;
                _shutdownGrace = _context.Time.CreateTimer(
                    _ => _effects?.Interrupt(),
                    null,
                    _context.Options.ShutdownGrace,
                    Timeout.InfiniteTimeSpan
                );
                break;
            default:
                break;
        }
    }

    private async Task ReadInboxAsync(bool first)
    {
        _inbox.Add(await _context.Queue.ReadInboxAsync(_claimed.Ref.Id, _lost), first);
        TakeFacts();
    }

    private void TakeFacts()
    {
        foreach (var fact in _inbox.Open.ToArray())
        {
            var meaning = RunnerInbox.MeaningOf(fact, _state);
            if (meaning == FactMeaning.Early)
            {
                continue;
            }

            if (meaning == FactMeaning.Recorded)
            {
                RecordFact(fact);
            }

            _pending.Consume(fact.Number);
            _inbox.Remove(fact);
        }
    }

    /// <summary>
    /// Times that come while the execution is in hand: the store also tells them, but later, as everything that comes through the inbox. What it
    /// tells then is about a bookmark that has ended.
    /// </summary>
    private void TakeDue()
    {
        while (_state.NextDue() is { } next && next.At <= _now && !_state.CancelRequested && _state.Failure is null)
        {
            RecordToken(
                JournalEventKind.StimulusReceived,
                next.Token,
                new EventBody.Stimulated(next.Token.Bookmark!.Value, BookmarkKinds.Due, default)
            );
        }
    }

    private void RecordFact(InboxFact fact)
    {
        var payload = RunnerInbox.Payload(fact);
        if (fact.Bookmark is { } bookmark)
        {
            var token = _state.At(bookmark)!;
            var kind = fact.Kind == InboxFactKind.Due ? BookmarkKinds.Due : token.BookmarkKind;
            RecordToken(JournalEventKind.StimulusReceived, token, new EventBody.Stimulated(bookmark, kind, payload));
            return;
        }

        Record(
            new(
                JournalEventKind.CancelRequested,
                null,
                "",
                0,
                0,
                0,
                ReadClock(),
                new EventBody.CancelRequested(Text(payload, "by"), Text(payload, "reason"))
            )
        );
    }

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private async ValueTask WaitAsync()
    {
        var isEnding = _state.CancelRequested || _state.Failure is not null;
        if (isEnding)
        {
            _effects?.Stop();
        }

        if (InHand.Count == 0 && isEnding)
        {
            return;
        }

        var retryAt = isEnding ? null : _state.NextRetry();
        if (InHand.Count == 0 && (retryAt is null || _draining))
        {
            await LeaveAsync(retryAt);
            return;
        }

        await FlushAsync(ExecutionTransition.Continue.Instance);
        if (_outcome is not null)
        {
            return;
        }

        _effects?.BeginIntended();
        var now = ReadClock();
        await using var timer = TickAfter(
            isEnding ? Timeout.InfiniteTimeSpan : Shorter(Shorter(TimeLeft(now), retryAt - now), _state.NextDue()?.At - now)
        );
        await _messages.WaitAsync(_lost);
        ReadClock();
    }

    /// <summary>How long the execution may still run; a little more, so that it is over its limit then.</summary>
    private TimeSpan TimeLeft(DateTimeOffset now) => _context.Limits.RunningTime - _state.RanFor(now) + TimeSpan.FromMilliseconds(1);

    private static TimeSpan Shorter(TimeSpan wait, TimeSpan? other) => other < wait || wait == Timeout.InfiniteTimeSpan ? other ?? wait : wait;

    private ITimer? TickAfter(TimeSpan wait) =>
        wait == Timeout.InfiniteTimeSpan
            ? null
            : _context.Time.CreateTimer(
                _ => _messages.Tell(new RunnerMessage.Tick()),
                null,
                wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
                Timeout.InfiniteTimeSpan
            );

    private async ValueTask LeaveAsync(DateTimeOffset? retryAt)
    {
        if (_state.HasWork)
        {
            await FlushAsync(new ExecutionTransition.Yield(retryAt ?? ReadClock()));
            _outcome ??= RunOutcome.Yielded;
            return;
        }

        var verdict = await FlushAsync(new ExecutionTransition.Park(_inbox.Seen));
        if (verdict == AppendVerdict.InboxNotEmpty)
        {
            await ReadInboxAsync(first: false);
            return;
        }

        _outcome ??= RunOutcome.Parked;
    }

    private async ValueTask EndAsync(DecisionKind kind)
    {
        var status = kind switch
        {
            DecisionKind.Complete => ExecutionStatus.Completed,
            DecisionKind.Cancel => ExecutionStatus.Cancelled,
            _ => ExecutionStatus.Failed,
        };
        var failure = kind switch
        {
            DecisionKind.RefuseMoreRuns => new(
                "execution.too_many_nodes",
                $"The execution ran {_context.Limits.NodeExecutions:N0} nodes; that is the limit.",
                null
            ),
            DecisionKind.RefuseMoreTime => new(
                "execution.too_long",
                $"The execution ran for {_context.Limits.RunningTime.TotalMinutes:N0} minutes; that is the limit.",
                null
            ),
            _ => _state.Failure,
        };
        Record(
            new(
                status switch
                {
                    ExecutionStatus.Completed => JournalEventKind.ExecutionCompleted,
                    ExecutionStatus.Cancelled => JournalEventKind.ExecutionCancelled,
                    _ => JournalEventKind.ExecutionFailed,
                },
                null,
                "",
                0,
                0,
                0,
                ReadClock(),
                status switch
                {
                    ExecutionStatus.Completed => new EventBody.ExecutionCompleted(_state.Output, _state.Variables),
                    ExecutionStatus.Cancelled => null,
                    _ => failure,
                }
            )
        );
        _context.Probe.Reached(CrashPoint.BeforeFinish);
        await FlushAsync(
            new ExecutionTransition.End(
                status,
                status == ExecutionStatus.Completed && _state.Output.ValueKind != JsonValueKind.Undefined
                    ? JsonMarshal.GetRawUtf8Value(_state.Output).ToArray()
                    : default,
                status == ExecutionStatus.Failed ? failure?.Code : null,
                status == ExecutionStatus.Failed ? failure?.Message : null,
                status == ExecutionStatus.Failed && failure?.Node is { } node ? new NodeId(node) : null,
                _state.RunsEnded
            )
        );
        _outcome ??= RunOutcome.Ended;
    }

    private ValueTask<AppendVerdict> FlushIfDueAsync() =>
        _outcome is null
        && _pending.Count > 0
        && (
            _pending.Count >= _context.Options.FlushEvents
            || _pending.Size >= FlushBytes
            || (_now - _pendingSince).Duration() >= _context.Options.FlushAfter
        )
            ? FlushAsync(ExecutionTransition.Continue.Instance)
            : new(AppendVerdict.Written);

    private async ValueTask<AppendVerdict> FlushAsync(ExecutionTransition transition)
    {
        if (_pending.IsEmpty && transition is ExecutionTransition.Continue)
        {
            await TellDroppedAsync();
            return AppendVerdict.Written;
        }

        var append = _pending.ToAppend(_claimed.Ref.Id, _claimed.Fence, _head, transition);
        _context.Probe.Reached(CrashPoint.BeforeAppend);
        var verdict = await _context.Journal.AppendAsync(append, _lost);
        _context.Probe.Reached(CrashPoint.AfterAppend);
        ReadClock();
        switch (verdict)
        {
            case AppendVerdict.Written:
                _head += append.Events.Count;
                _pending.Clear();
                await TellDroppedAsync();
                break;
            case AppendVerdict.LostLease:
                _outcome = RunOutcome.Lost;
                break;
            case AppendVerdict.InboxNotEmpty:
                break;
        }

        return verdict;
    }

    private async ValueTask TellDroppedAsync()
    {
        if (_context.Dropped is { } waits && _dropped is { } dropped)
        {
            _dropped = null;
            await waits.DroppedAsync(_claimed.Ref, dropped, _lost);
        }
    }
}
