using System.Diagnostics.Metrics;

namespace SaaSFlows.Api.Overload;

/// <summary>
/// Lets a bounded number in at the same time. A share (a tenant, an address) may have as many as are still free: one alone half of all, two a third
/// each, so that there is always room for one that asks for the first time. Of a share's requests that wait the oldest goes first, until some have
/// waited too long: in an overload the newest goes first, so that those that are served are served at once, while the others wait for their refusal.
/// So a caller that asks again and again is slowed down, and its refusals cost little.
/// </summary>
internal sealed class FairGate : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly OverloadOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<GateKey, Share> _shares = [];
    private readonly Queue<Share> _turns = new();
    private readonly ITimer _timer;
    private int _inFlight;
    private int _waiting;

    public FairGate(OverloadOptions options, TimeProvider time, IMeterFactory meters)
    {
        (_options, _time) = (options, time);
        _timer = time.CreateTimer(_ => RefuseLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var meter = meters.Create("SaaSFlows.Api");
        meter.CreateObservableGauge("saasflows.requests.in_flight", () => _inFlight, null, "Requests that are worked on.");
        meter.CreateObservableGauge("saasflows.requests.waiting", () => _waiting, null, "Requests that wait for their turn.");
    }

    /// <summary>Call <see cref="Leave"/> once if the answer is that it entered.</summary>
    public ValueTask<GateAnswer> EnterAsync(GateKey key)
    {
        lock (_lock)
        {
            if (!_shares.TryGetValue(key, out var share))
            {
                _shares.Add(key, share = new(key));
            }

            if (HasRoom(share))
            {
                share.InFlight++;
                _inFlight++;
                return new(GateAnswer.Entered);
            }

            var waiter = new Waiter(_time.GetTimestamp());
            Add(share, waiter);
            return new(waiter.Answer.Task);
        }
    }

    public void Leave(GateKey key)
    {
        lock (_lock)
        {
            var share = _shares[key];
            share.InFlight--;
            _inFlight--;
            ForgetIfEmpty(share);
            LetIn();
        }
    }

    public void Dispose() => _timer.Dispose();

    private bool HasRoom(Share share) => share.InFlight < Math.Min(_options.MaxInFlightPerTenant, _options.MaxInFlight - _inFlight);

    private void Add(Share share, Waiter waiter)
    {
        if (share.Waiting.Count >= _options.MaxWaiting - _waiting)
        {
            if (share.Waiting.Count == 0)
            {
                waiter.Answer.SetResult(RefusalOf(share));
                ForgetIfEmpty(share);
                return;
            }

            share.OverloadedAt = _time.GetTimestamp();
            RefuseOldest(share);
        }

        if (!share.HasTurn)
        {
            share.HasTurn = true;
            _turns.Enqueue(share);
        }

        if (_waiting == 0)
        {
            _timer.Change(Tick, Tick);
        }

        share.Waiting.AddLast(waiter);
        _waiting++;
    }

    // In turn by shares, so that none waits for another one's many.
    private void LetIn()
    {
        var now = _time.GetTimestamp();
        for (var left = _turns.Count; left > 0 && _inFlight < _options.MaxInFlight; left--)
        {
            var share = _turns.Dequeue();
            if (HasRoom(share) && (IsOverloaded(share, now) ? share.Waiting.Last : share.Waiting.First) is { } next)
            {
                share.Waiting.Remove(next);
                _waiting--;
                share.InFlight++;
                _inFlight++;
                next.Value.Answer.SetResult(GateAnswer.Entered);
            }

            share.HasTurn = share.Waiting.Count > 0;
            if (share.HasTurn)
            {
                _turns.Enqueue(share);
            }
            else
            {
                ForgetIfEmpty(share);
            }
        }
    }

    private void RefuseLate()
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            foreach (var share in _turns)
            {
                while (share.Waiting.First is { } oldest && _time.GetElapsedTime(oldest.Value.Since, now) >= Patience(share, now))
                {
                    share.OverloadedAt = now;
                    RefuseOldest(share);
                }
            }

            if (_waiting == 0)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private TimeSpan Patience(Share share, long now) => IsOverloaded(share, now) ? _options.OverloadWait : _options.BurstWait;

    // A burst that was refused something a moment ago is none.
    private bool IsOverloaded(Share share, long now) => share.OverloadedAt is { } at && _time.GetElapsedTime(at, now) < _options.BurstWait;

    private void RefuseOldest(Share share)
    {
        share.Waiting.First!.Value.Answer.SetResult(RefusalOf(share));
        share.Waiting.RemoveFirst();
        _waiting--;
    }

    private GateAnswer RefusalOf(Share share) => 2 * share.InFlight >= _inFlight ? GateAnswer.ShareIsFull : GateAnswer.ProcessIsFull;

    private void ForgetIfEmpty(Share share)
    {
        // Another one may have its key by now.
        if (share.InFlight == 0 && share.Waiting.Count == 0 && _shares.GetValueOrDefault(share.Key) == share)
        {
            _shares.Remove(share.Key);
        }
    }

    private sealed class Share(GateKey key)
    {
        public GateKey Key { get; } = key;

        public int InFlight { get; set; }

        public bool HasTurn { get; set; }

        /// <summary>When one was refused the last time.</summary>
        public long? OverloadedAt { get; set; }

        /// <summary>Oldest first.</summary>
        public LinkedList<Waiter> Waiting { get; } = [];
    }

    private sealed record Waiter(long Since)
    {
        public TaskCompletionSource<GateAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>Who shares: a tenant, or for callers that are not known yet one of a fixed number of groups of addresses.</summary>
internal readonly record struct GateKey(Guid Tenant, int Address);

internal enum GateAnswer
{
    Entered,

    /// <summary>The share has what it may have.</summary>
    ShareIsFull,

    /// <summary>All shares together have.</summary>
    ProcessIsFull,
}
