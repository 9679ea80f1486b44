using System.Collections.Concurrent;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Exports;

/// <summary>Counts the exports of each tenant while they run. Singleton, safe for concurrent use.</summary>
internal sealed class RunningExports(ExportOptions options)
{
    private readonly ConcurrentDictionary<TenantId, int> _running = new();

    public ExportOptions Options => options;

    /// <summary>Null if the tenant has as many as it may. Dispose of it when the export ends.</summary>
    public IDisposable? TryBegin(TenantId tenant)
    {
        if (_running.AddOrUpdate(tenant, 1, (_, running) => running + 1) <= options.PerTenant)
        {
            return new Running(this, tenant);
        }

        End(tenant);
        return null;
    }

    private void End(TenantId tenant)
    {
        // Removed only while it is still zero: a new one may have begun meanwhile.
        if (_running.AddOrUpdate(tenant, 0, (_, running) => running - 1) == 0)
        {
            _running.TryRemove(new(tenant, 0));
        }
    }

    private sealed class Running(RunningExports exports, TenantId tenant) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                exports.End(tenant);
            }
        }
    }
}
