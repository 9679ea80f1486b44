using System.Runtime.InteropServices;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Queueing;

/// <summary>Tells tenants that write many rows at the same time from those that write one now and then.</summary>
internal sealed class BusyTenants(TimeProvider time)
{
    // As many at once are no crowd.
    private const int Few = 4;

    // So long a tenant counts as busy after it had more.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Load> _loads = [];

    /// <summary>Call <see cref="Leave"/> once afterwards.</summary>
    /// <returns>Whether the tenant is busy.</returns>
    public bool Enter(TenantId tenant)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            ref var load = ref CollectionsMarshal.GetValueRefOrAddDefault(_loads, tenant, out _);
            if (++load.Pending > Few)
            {
                load.BusyAt = now;
            }

            return load.BusyAt is { } at && time.GetElapsedTime(at, now) < Memory;
        }
    }

    public void Leave(TenantId tenant)
    {
        var now = time.GetTimestamp();
        lock (_lock)
        {
            ref var load = ref CollectionsMarshal.GetValueRefOrAddDefault(_loads, tenant, out _);
            if (--load.Pending == 0 && (load.BusyAt is not { } at || time.GetElapsedTime(at, now) >= Memory))
            {
                _loads.Remove(tenant);
            }
        }
    }

    private record struct Load(int Pending, long? BusyAt);
}
