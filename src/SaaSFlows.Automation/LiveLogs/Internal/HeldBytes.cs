using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>Counts the bytes that are held in memory for the readers of each tenant. Safe for concurrent use.</summary>
internal sealed class HeldBytes(long most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, long> _held = [];

    /// <summary>Returns a counter at zero. Dispose it when nothing is held any more.</summary>
    public Share Begin(TenantId tenant) => new(this, tenant);

    private bool TryChange(TenantId tenant, long by)
    {
        lock (_lock)
        {
            var held = _held.GetValueOrDefault(tenant) + by;
            if (by > 0 && held > most)
            {
                return false;
            }

            if (held == 0)
            {
                _held.Remove(tenant);
            }
            else
            {
                _held[tenant] = held;
            }

            return true;
        }
    }

    /// <summary>The counter of one holder. Not safe for concurrent use.</summary>
    internal sealed class Share(HeldBytes all, TenantId tenant) : IDisposable
    {
        private long _bytes;

        /// <summary>Sets the number of held bytes. Returns false and changes nothing if that is over the limit.</summary>
        public bool TrySet(long bytes)
        {
            if (!all.TryChange(tenant, bytes - _bytes))
            {
                return false;
            }

            _bytes = bytes;
            return true;
        }

        /// <summary>Takes over the bytes of another holder.</summary>
        public void TakeOver(Share other)
        {
            _bytes += other._bytes;
            other._bytes = 0;
        }

        public void Dispose()
        {
            all.TryChange(tenant, -_bytes);
            _bytes = 0;
        }
    }
}
