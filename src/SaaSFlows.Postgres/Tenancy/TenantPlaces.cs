using System.Runtime.InteropServices;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>
/// Who may use the connections of a pool. A tenant may hold twice as many as are free, so one alone has two thirds of them; what is over waits, and
/// tenants take turns. So no tenant's requests and nodes, however many there are, keep another one waiting for theirs to end.
/// </summary>
internal sealed class TenantPlaces(int size)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, int> _held = [];
    private readonly Dictionary<TenantId, Queue<TaskCompletionSource>> _waiting = [];
    private readonly Queue<TenantId> _turns = [];
    private int _free = size;

    /// <summary>Call <see cref="Leave"/> once afterwards.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public ValueTask EnterAsync(TenantId tenant, CancellationToken ct)
    {
        lock (_lock)
        {
            if (HasRoom(tenant))
            {
                Hold(tenant);
                return default;
            }

            return new(WaitAsync(Enqueue(tenant), ct));
        }
    }

    public void Leave(TenantId tenant)
    {
        lock (_lock)
        {
            if (--CollectionsMarshal.GetValueRefOrNullRef(_held, tenant) == 0)
            {
                _held.Remove(tenant);
            }

            _free++;
            LetIn();
        }
    }

    private static async Task WaitAsync(TaskCompletionSource waiter, CancellationToken ct)
    {
        await using (ct.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter))
        {
            await waiter.Task;
        }
    }

    private TaskCompletionSource Enqueue(TenantId tenant)
    {
        if (!_waiting.TryGetValue(tenant, out var line))
        {
            _waiting.Add(tenant, line = new());
            _turns.Enqueue(tenant);
        }

        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        line.Enqueue(waiter);
        return waiter;
    }

    private void LetIn()
    {
        for (var left = _turns.Count; left > 0 && _free > 0; left--)
        {
            var tenant = _turns.Dequeue();
            var line = _waiting[tenant];
            while (HasRoom(tenant) && line.TryDequeue(out var waiter))
            {
                // Somebody who has given up leaves the place to the next.
                if (waiter.TrySetResult())
                {
                    Hold(tenant);
                    break;
                }
            }

            if (line.Count == 0)
            {
                _waiting.Remove(tenant);
            }
            else
            {
                _turns.Enqueue(tenant);
            }
        }
    }

    private bool HasRoom(TenantId tenant) => _held.GetValueOrDefault(tenant) < 2 * _free;

    private void Hold(TenantId tenant)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_held, tenant, out _)++;
        _free--;
    }
}
