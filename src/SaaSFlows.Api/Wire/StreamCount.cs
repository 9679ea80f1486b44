using System.Diagnostics.Metrics;

namespace SaaSFlows.Api.Wire;

/// <summary>Counts streams while they are open.</summary>
internal sealed class StreamCount(IMeterFactory meters)
{
    private readonly UpDownCounter<long> _open = meters.Create("SaaSFlows.Api").CreateUpDownCounter<long>("saasflows.streams.open", null, "Live streams that are open here.");

    /// <param name="kind"><c>sse</c>, <c>websocket</c> or <c>grpc</c>.</param>
    /// <returns>Dispose of it when the stream ends.</returns>
    public Opened Open(string kind)
    {
        _open.Add(1, new KeyValuePair<string, object?>("kind", kind));
        return new(this, kind);
    }

    internal readonly struct Opened(StreamCount count, string kind) : IDisposable
    {
        public void Dispose() => count._open.Add(-1, new KeyValuePair<string, object?>("kind", kind));
    }
}
