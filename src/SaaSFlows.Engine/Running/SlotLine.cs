using System.Runtime.InteropServices;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>
/// The slots of a worker, and the new executions that wait for one in memory: tenants take turns, and each tenant's wait in their order. While some
/// wait, every other slot that becomes free is left to claims from the queue: neither way in starves the other. A tenant may hold twice as many as
/// are free: one alone two thirds, two two fifths each. So there is one for a tenant that comes anew, however long the executions of the others take.
/// </summary>
internal sealed class SlotLine(WorkerOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Line> _lines = [];
    private readonly Queue<Line> _turns = [];
    private readonly Dictionary<TenantId, int> _held = [];
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
            foreach (var line in _lines.Values)
            {
                while (line.Waiters.Count > 0)
                {
                    Leave(line).SetResult(false);
                }
            }
        }
    }

    /// <summary>Takes a slot, at once or when it is this tenant's turn; false if none can be expected in time.</summary>
    /// <param name="bytes">What waits in memory meanwhile.</param>
    public ValueTask<bool> TakeAsync(TenantId tenant, int bytes)
    {
        lock (_lock)
        {
            // What is kept for a claim is not for those that come later than others.
            if (_isOpen && HasRoom(tenant) && (_waiting == 0 || !_lines.Values.Any(line => line.Waiters.Count > 0 && HasRoom(line.Tenant))))
            {
                Take(1);
                Hold(tenant);
                return new(true);
            }

            if (!_isOpen || _waiting >= Capacity() || _bytes + bytes > options.MaxWaitingBytes)
            {
                return new(false);
            }

            return new(Enqueue(tenant, bytes).Task);
        }
    }

    /// <summary>
    /// Takes free slots for executions of the queue, half of them at most, as all may be one tenant's. From now on, until <see cref="QueueIsEmpty"/>,
    /// the queue has its share of those that become free.
    /// </summary>
    /// <param name="full">Tenants that have what they may.</param>
    public int TakeForClaim(int most, out IReadOnlyList<TenantId> full)
    {
        lock (_lock)
        {
            _queueMayHaveMore = true;
            full = [.. _held.Keys.Where(tenant => !HasRoom(tenant))];
            var taken = Math.Min((_free + 1) / 2, most);
            Take(taken);
            return taken;
        }
    }

    /// <summary>Says who got a slot that was taken for a claim.</summary>
    public void Claimed(TenantId tenant)
    {
        lock (_lock)
        {
            Hold(tenant);
        }
    }

    /// <summary>All slots that become free go to those that wait.</summary>
    public void QueueIsEmpty()
    {
        lock (_lock)
        {
            _queueMayHaveMore = false;
            while (Next() is { } waiter)
            {
                _free--;
                waiter.SetResult(true);
            }
        }
    }

    /// <summary>A tenant's execution has left its slot; true if a claim is worth its while now.</summary>
    public bool Release(TenantId tenant)
    {
        lock (_lock)
        {
            _released++;
            if (--CollectionsMarshal.GetValueRefOrNullRef(_held, tenant) == 0)
            {
                _held.Remove(tenant);
            }

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
    private int Capacity() =>
        _busySince == 0 || time.GetElapsedTime(_busySince) < 2 * options.MaxWait
            ? options.MaxWaiting
            : Math.Min(options.MaxWaiting, Math.Max(_releasedBefore, _released));

    private void Take(int slots)
    {
        _free -= slots;
        // From when on none was free: asking for one that is not there does not begin anew.
        _busySince =
            _free > 0 ? 0
            : _busySince == 0 ? time.GetTimestamp()
            : _busySince;
    }

    private void Free()
    {
        // A claim that takes long leaves the rest to the others.
        _claimIsNext = !_claimIsNext && _queueMayHaveMore && _free < options.ClaimBatch;
        _free++;
        if (!_claimIsNext && Next() is { } waiter)
        {
            _free--;
            waiter.SetResult(true);
            return;
        }

        _busySince = _waiting > 0 ? _busySince : 0;
    }

    private bool HasRoom(TenantId tenant) => _held.GetValueOrDefault(tenant) < 2 * _free;

    private void Hold(TenantId tenant) => CollectionsMarshal.GetValueRefOrAddDefault(_held, tenant, out _)++;

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

    // The slot is its tenant's from now on.
    private Waiter? Next()
    {
        for (var left = _turns.Count; left > 0; left--)
        {
            var line = _turns.Dequeue();
            if (line.Waiters.Count == 0)
            {
                _lines.Remove(line.Tenant);
                continue;
            }

            _turns.Enqueue(line);
            if (HasRoom(line.Tenant))
            {
                Hold(line.Tenant);
                return Leave(line);
            }
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
