using System.Threading.Channels;

namespace SaaSFlows.Engine.Running;

/// <summary>A signal for one waiter: any number of calls before it looks count as one.</summary>
internal sealed class Pulse
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Set() => _signal.Writer.TryWrite(true);

    public Task WaitAsync(CancellationToken ct) => _signal.Reader.ReadAsync(ct).AsTask();
}
