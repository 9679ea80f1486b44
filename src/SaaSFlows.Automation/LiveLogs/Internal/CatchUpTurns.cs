using System.Runtime.InteropServices;
using SaaSFlows.Primitives;

namespace SaaSFlows.Automation.LiveLogs.Internal;

/// <summary>Limits how many readers of a tenant read stored journals at once. Others wait in order. Safe for concurrent use.</summary>
internal sealed class CatchUpTurns(int atOnce)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TenantId, Line> _lines = [];

    /// <summary>The number of waiting readers of a tenant.</summary>
    public int Waiting(TenantId tenant)
    {
        lock (_lock)
        {
            return _lines.TryGetValue(tenant, out var line) ? Math.Max(0, line.Readers - atOnce) : 0;
        }
    }

    /// <summary>A turn. Dispose it when it is over.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public async Task<IDisposable> EnterAsync(TenantId tenant, CancellationToken ct)
    {
        var line = Join(tenant);
        try
        {
            await line.Places.WaitAsync(ct);
            return new Turn(this, tenant, line);
        }
        catch
        {
            Leave(tenant, line);
            throw;
        }
    }

    private Line Join(TenantId tenant)
    {
        lock (_lock)
        {
            ref var line = ref CollectionsMarshal.GetValueRefOrAddDefault(_lines, tenant, out _);
            line ??= new(new(atOnce));
            line.Readers++;
            return line;
        }
    }

    private void Leave(TenantId tenant, Line line)
    {
        lock (_lock)
        {
            if (--line.Readers == 0)
            {
                _lines.Remove(tenant);
                line.Places.Dispose();
            }
        }
    }

    private sealed class Line(SemaphoreSlim places)
    {
        public SemaphoreSlim Places => places;

        public int Readers { get; set; }
    }

    private sealed class Turn(CatchUpTurns turns, TenantId tenant, Line line) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                line.Places.Release();
                turns.Leave(tenant, line);
            }
        }
    }
}
