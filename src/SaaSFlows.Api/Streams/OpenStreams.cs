using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using SaaSFlows.Api.Overload;
using SaaSFlows.Api.Wire;
using SaaSFlows.Primitives;

namespace SaaSFlows.Api.Streams;

/// <summary>Counts streams while they are open; a tenant has no more than <see cref="OverloadOptions.MaxStreamsPerTenant"/>. Singleton.</summary>
internal sealed class OpenStreams(OverloadOptions options, IMeterFactory meters)
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(10);

    private readonly TenantLimit _limit = new(options.Enabled ? options.MaxStreamsPerTenant : int.MaxValue);
    private readonly UpDownCounter<long> _open = meters
        .Create("SaaSFlows.Api")
        .CreateUpDownCounter<long>("saasflows.streams.open", null, "Live streams that are open here.");

    /// <summary>The answer where there is no place.</summary>
    public IResult TooMany =>
        Answers.RetryLater(
            "streams.too_many",
            $"Your tenant has {options.MaxStreamsPerTenant} live streams open on this server; that is the limit. Close some that nobody looks at.",
            _retryAfter
        );

    /// <param name="tenant">Who is told something.</param>
    /// <param name="kind"><c>sse</c>, <c>websocket</c> or <c>grpc</c>.</param>
    /// <returns>Dispose of it when the stream ends. Null if the tenant has as many as it may.</returns>
    public IDisposable? TryOpen(TenantId tenant, string kind) => _limit.TryBegin(tenant) is { } place ? new Opened(this, place, kind) : null;

    private sealed class Opened : IDisposable
    {
        private readonly OpenStreams _streams;
        private readonly IDisposable _place;
        private readonly KeyValuePair<string, object?> _kind;

        public Opened(OpenStreams streams, IDisposable place, string kind)
        {
            (_streams, _place, _kind) = (streams, place, new("kind", kind));
            _streams._open.Add(1, _kind);
        }

        public void Dispose()
        {
            _streams._open.Add(-1, _kind);
            _place.Dispose();
        }
    }
}
