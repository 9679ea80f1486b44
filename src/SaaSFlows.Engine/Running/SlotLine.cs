using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>
/// The slots of a worker, and the new executions that wait for one in memory: tenants take turns, and each tenant's wait in their order. While some wait, every
/// other slot that becomes free is left to claims from the queue: neither way in starves the other.
/// </summary>
internal sealed class SlotLine(WorkerOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Line> _lines = [];
    private readonly Queue<Line> _turns = [];
    private int _free = options.Slots;
    private int _waiting;
    private long _bytes;
    private bool _isOpen;
    private bool _queueMayHaveMore;
    private bool _claimIsNext;
    private long _busySince;
    private int _released;
    private int _releasedBefore;
    private long _countedFrom;

    /// <summary>New executions that wait for a slot.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>From now on new executions may take slots.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isOpen = true;
        }
    }

    /// <summary>Refuses those that wait, and all that come.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isOpen = false;
            while (Next() is { } waiter)
            {
                waiter.SetResult(false);
            }
        }
    }

    /// <summary>Takes a slot, at once or when it is this tenant's turn; false if none can be expected in time.</summary>
    /// <param name="bytes">What waits in memory meanwhile.</param>
    public ValueTask<bool> TakeAsync(TenantId tenant, int bytes)
    {
        lock (_lock)
        {
            if (_isOpen && _waiting == 0 && _free > 0)
            {
                Take(1);
                return new(true);
            }

            if (!_isOpen || _waiting >= Capacity() || _bytes + bytes > options.MaxWaitingBytes)
            {
                return new(false);
            }

            return new(Enqueue(tenant, bytes).Task);
        }
    }

    /// <summary>Takes free slots for executions of the queue. From now on, until <see cref="QueueIsEmpty"/>, the queue has its share of those that become free.</summary>
    public int TakeForClaim(int most)
    {
        lock (_lock)
        {
            _queueMayHaveMore = true;
            var taken = Math.Min(_free, most);
            Take(taken);
            return taken;
        }
    }

    /// <summary>All slots that become free go to those that wait.</summary>
    public void QueueIsEmpty()
    {
        lock (_lock)
        {
            _queueMayHaveMore = false;
            while (_free > 0 && Next() is { } waiter)
            {
                _free--;
                waiter.SetResult(true);
            }
        }
    }

    /// <summary>An execution has left its slot; true if a claim is worth its while now.</summary>
    public bool Release()
    {
        lock (_lock)
        {
            _released++;
            Free();
            return _queueMayHaveMore && _free > 0;
        }
    }

    /// <summary>Gives slots back that were not needed.</summary>
    public void GiveBack(int slots)
    {
        lock (_lock)
        {
            for (; slots > 0; slots--)
            {
                Free();
            }
        }
    }

    /// <summary>Refuses those that have waited long enough. Called every now and then.</summary>
    public void Expire()
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_countedFrom) >= options.MaxWait)
            {
                (_releasedBefore, _released, _countedFrom) = (_released, 0, time.GetTimestamp());
            }

            foreach (var line in _lines.Values)
            {
                while (line.Waiters.TryPeek(out var first) && time.GetElapsedTime(first.Since) >= options.MaxWait)
                {
                    Leave(line).SetResult(false);
                }
            }
        }
    }

    // As many as slots became free within the time that one may wait: only these can expect one. A burst after a calm is let wait anyway.
    private int Capacity() => _busySince == 0 || time.GetElapsedTime(_busySince) < 2 * options.MaxWait
        ? options.MaxWaiting
        : Math.Min(options.MaxWaiting, Math.Max(_releasedBefore, _released));

    private void Take(int slots)
    {
        _free -= slots;
        // From when on none was free: asking for one that is not there does not begin anew.
        _busySince = _free > 0 ? 0 : _busySince == 0 ? time.GetTimestamp() : _busySince;
    }

    private void Free()
    {
        // A claim that takes long leaves the rest to the others.
        _claimIsNext = !_claimIsNext && _queueMayHaveMore && _free < options.ClaimBatch;
        if (!_claimIsNext && Next() is { } waiter)
        {
            waiter.SetResult(true);
            return;
        }

        _free++;
        _busySince = _waiting > 0 ? _busySince : 0;
    }

    private Waiter Enqueue(TenantId tenant, int bytes)
    {
        if (!_lines.TryGetValue(tenant, out var line))
        {
            _lines.Add(tenant, line = new(tenant));
            _turns.Enqueue(line);
        }

        var waiter = new Waiter(time.GetTimestamp(), bytes);
        line.Waiters.Enqueue(waiter);
        _waiting++;
        _bytes += bytes;
        return waiter;
    }

    private Waiter? Next()
    {
        while (_turns.TryDequeue(out var line))
        {
            if (line.Waiters.Count == 0)
            {
                _lines.Remove(line.Tenant);
                continue;
            }

            _turns.Enqueue(line);
            return Leave(line);
        }

        return null;
    }

    private Waiter Leave(Line line)
    {
        var waiter = line.Waiters.Dequeue();
        _waiting--;
        _bytes -= waiter.Bytes;
        return waiter;
    }

    private sealed record Line(TenantId Tenant)
    {
        public Queue<Waiter> Waiters { get; } = [];
    }

    private sealed class Waiter(long since, int bytes) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Since => since;

        public int Bytes => bytes;
    }
}
