using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace SaaSFlows.Api.Metrics;

/// <summary>What one instrument has measured so far, by its labels.</summary>
internal sealed class MetricFamily
{
    // A label that grows without bound costs one series more, not the memory.
    private const int MostSeries = 2_000;

    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<LabelSet, MetricSeries> _series;
    private readonly ConcurrentDictionary<LabelSet, MetricSeries>.AlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>> _byTags;
    private readonly double[]? _bounds;
    private readonly bool _isObserved;
    private MetricSeries? _overflow;

    public MetricFamily(Instrument instrument, string[] labels)
    {
        var comparer = new LabelComparer(labels);
        _series = new(comparer);
        _byTags = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
        _isObserved = instrument.IsObservable;
        var kind = instrument.GetType().Name;
        Type =
            kind.Contains("Histogram", StringComparison.Ordinal) ? "histogram"
            : kind.Contains("Gauge", StringComparison.Ordinal) || kind.Contains("UpDown", StringComparison.Ordinal) ? "gauge"
            : "counter";
        _bounds = Type == "histogram" ? [.. (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries ?? DefaultBounds] : null;
        Name = PrometheusText.Name(instrument.Name) + PrometheusText.Suffix(instrument.Unit) + (Type == "counter" ? "_total" : "");
        IsOfPools = instrument.Name.StartsWith("db.", StringComparison.Ordinal);
        Help = instrument.Description ?? instrument.Name;
    }

    public string Name { get; }

    public string Type { get; }

    public string Help { get; }

    /// <summary>Whether it measures pools of database connections.</summary>
    public bool IsOfPools { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!_byTags.TryGetValue(tags, out var series))
        {
            series = _overflow ?? (_series.Count < MostSeries ? Add(tags) : _overflow = new(_bounds));
        }

        if (_isObserved)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    /// <summary>Forgets what observable instruments said: what they no longer mention is no more.</summary>
    public void BeginObservation()
    {
        if (_isObserved)
        {
            _series.Clear();
        }
    }

    public void Write(PrometheusText text)
    {
        if (_series.IsEmpty)
        {
            return;
        }

        text.Header(Name, Help, Type);
        foreach (var (labels, series) in _series.OrderBy(each => each.Key.Text, StringComparer.Ordinal))
        {
            series.Write(text, Name, labels.Text);
        }

        _overflow?.Write(text, Name, "overflow=\"true\"");
    }

    private MetricSeries Add(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        _byTags.TryAdd(tags, new MetricSeries(_bounds));
        return _byTags[tags];
    }
}

/// <summary>One line, or the lines of one histogram.</summary>
internal sealed class MetricSeries(double[]? bounds)
{
    private readonly long[] _buckets = bounds is null ? [] : new long[bounds.Length + 1];
    private readonly Lock _lock = new();
    private double _value;

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        lock (_lock)
        {
            _value += value;
            if (bounds is not null)
            {
                var bucket = Array.BinarySearch(bounds, value);
                _buckets[bucket >= 0 ? bucket : ~bucket]++;
            }
        }
    }

    public void Write(PrometheusText text, string name, string labels)
    {
        long[] buckets;
        double value;
        lock (_lock)
        {
            (buckets, value) = ([.. _buckets], _value);
        }

        if (bounds is null)
        {
            text.Sample(name, labels, value);
            return;
        }

        var count = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            count += buckets[i];
            text.Bucket(name, labels, i < bounds.Length ? bounds[i] : double.PositiveInfinity, count);
        }

        text.Sample(name + "_sum", labels, value);
        text.Sample(name + "_count", labels, count);
    }
}
