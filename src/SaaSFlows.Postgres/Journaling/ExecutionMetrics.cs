using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Journaling;

/// <summary>Counts what this process has committed. Nothing is allocated, and nothing but a flag is read while nobody listens.</summary>
internal sealed class ExecutionMetrics
{
    private static readonly KeyValuePair<string, object?> Completed = new("status", "completed");
    private static readonly KeyValuePair<string, object?> Failed = new("status", "failed");
    private static readonly KeyValuePair<string, object?> Cancelled = new("status", "cancelled");

    private readonly TimeProvider _clock;
    private readonly Counter<long> _started;
    private readonly Counter<long> _ended;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _lostLeases;

    public ExecutionMetrics(IMeterFactory meters, TimeProvider clock)
    {
        var meter = meters.Create("SaaSFlows.Executions");
        _clock = clock;
        _started = meter.CreateCounter<long>("saasflows.executions.started", null, "Executions accepted.");
        _ended = meter.CreateCounter<long>("saasflows.executions.ended", null, "Executions ended, by final status.");
        _duration = meter.CreateHistogram(
            "saasflows.execution.duration",
            "s",
            "Time from acceptance to the end, waits included.",
            null,
            new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 86_400],
            }
        );
        _lostLeases = meter.CreateCounter<long>("saasflows.leases.lost", null, "Writes refused because another process has the execution.");
    }

    public void Started() => _started.Add(1);

    public void LostLease() => _lostLeases.Add(1);

    /// <summary>Does nothing unless the transition is an end.</summary>
    public void Left(ExecutionId execution, ExecutionTransition? transition)
    {
        if (transition is not ExecutionTransition.End { Status: var status })
        {
            return;
        }

        var tag = status switch
        {
            ExecutionStatus.Completed => Completed,
            ExecutionStatus.Cancelled => Cancelled,
            _ => Failed,
        };
        _ended.Add(1, tag);
        if (_duration.Enabled)
        {
            _duration.Record(Math.Max((_clock.GetUtcNow().ToUnixTimeMilliseconds() - AcceptedAt(execution)) / 1000d, 0), tag);
        }
    }

    // A UUIDv7 begins with its time in milliseconds: so no row has to be read for it.
    private static long AcceptedAt(ExecutionId execution)
    {
        Span<byte> bytes = stackalloc byte[16];
        execution.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >> 16;
    }
}
