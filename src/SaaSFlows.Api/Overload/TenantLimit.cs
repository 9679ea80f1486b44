using System.Collections.Concurrent;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Overload;

/// <summary>How many of something each tenant may have at once in this process. Safe for concurrent use.</summary>
internal sealed class TenantLimit(int most)
{
    private readonly ConcurrentDictionary<TenantId, int> _held = new();

    /// <summary>Null if the tenant has as many as it may. Dispose of it when it is over.</summary>
    public IDisposable? TryBegin(TenantId tenant)
    {
        if (_held.AddOrUpdate(tenant, 1, (_, held) => held + 1) <= most)
        {
            return new Place(this, tenant);
        }

        End(tenant);
        return null;
    }

    private void End(TenantId tenant)
    {
        // Removed only while it is still zero: a new one may have begun meanwhile.
        if (_held.AddOrUpdate(tenant, 0, (_, held) => held - 1) == 0)
        {
            _held.TryRemove(new(tenant, 0));
        }
    }

    private sealed class Place(TenantLimit limit, TenantId tenant) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                limit.End(tenant);
            }
        }
    }
}
