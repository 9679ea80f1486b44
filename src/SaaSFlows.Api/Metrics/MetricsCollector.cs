using System.Diagnostics.Metrics;

namespace SaaSFlows.Api.Metrics;

/// <summary>Adds up what the meters of this process say, from its start on.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private const string PoolName = "db.client.connection.pool.name";

    private static readonly object[] Pools = ["app", "engine", "lookup", "signals"];

    // Only what can take few values becomes a label: never a tenant, a path, a host.
    private static readonly string[] Labels =
    [
        "status",
        "plan",
        "limit",
        "kind",
        "policy",
        "http.request.method",
        "http.route",
        "http.response.status_code",
        PoolName,
        "db.client.connection.state",
        "pool.name",
        "state",
        "gc.heap.generation",
        "dotnet.gc.heap.generation",
    ];

    private static readonly HashSet<string> Borrowed = new(StringComparer.Ordinal)
    {
        "http.server.request.duration",
        "http.server.active_requests",
        "kestrel.active_connections",
        "kestrel.queued_requests",
        "db.client.connection.count",
        "db.client.connection.max",
        "db.client.connection.npgsql.pending_requests",
        "db.client.connection.npgsql.timeouts",
        "dotnet.process.cpu.time",
        "dotnet.process.memory.working_set",
        "dotnet.gc.collections",
        "dotnet.gc.heap.total_allocated",
        "dotnet.gc.pause.time",
        "dotnet.thread_pool.queue.length",
        "dotnet.thread_pool.thread.count",
        "dotnet.exceptions",
    };

    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly List<MetricFamily> _families = [];
    private readonly IMeterFactory _meters;

    public MetricsCollector(IMeterFactory meters)
    {
        _meters = meters;
        _listener.InstrumentPublished = Listen;
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record((MetricFamily)family!, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record((MetricFamily)family!, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record((MetricFamily)family!, value, tags));
        _listener.Start();
    }

    /// <summary>All of it, in the text format of Prometheus.</summary>
    public string Write()
    {
        var text = new PrometheusText();
        lock (_lock)
        {
            _families.ForEach(family => family.BeginObservation());
            _listener.RecordObservableInstruments();
            foreach (var family in _families.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                family.Write(text);
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    // A pool without a name is called by its connection string, and is none of ours.
    private static void Record(MetricFamily family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (family.IsOfPools)
        {
            foreach (var tag in tags)
            {
                if (tag.Key == PoolName && !Pools.Contains(tag.Value))
                {
                    return;
                }
            }
        }

        family.Record(value, tags);
    }

    // Other meters of this container are measured too when somebody asks for them (OTLP); listening costs, so it is done by name.
    private void Listen(Instrument instrument, MeterListener listener)
    {
        var isOurs = ReferenceEquals(instrument.Meter.Scope, _meters) && instrument.Meter.Name.StartsWith("SaaSFlows.", StringComparison.Ordinal);
        if (isOurs || (Borrowed.Contains(instrument.Name) && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, _meters))))
        {
            var family = new MetricFamily(instrument, Labels);
            lock (_lock)
            {
                _families.Add(family);
            }

            listener.EnableMeasurementEvents(instrument, family);
        }
    }
}
