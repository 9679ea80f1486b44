namespace SaaSFlows.Engine.DryRunning;

/// <summary>The time of a dry run: real time, and all waits that were passed at once on top. Timers run in real time.</summary>
internal sealed class DryClock(TimeProvider real) : TimeProvider
{
    private long _skipped;

    public override long TimestampFrequency => real.TimestampFrequency;

    // Many long waits in a row would lead out of the calendar.
    public override DateTimeOffset GetUtcNow() =>
        new(Math.Min(real.GetUtcNow().UtcTicks + Volatile.Read(ref _skipped), DateTimeOffset.MaxValue.UtcTicks), TimeSpan.Zero);

    public override long GetTimestamp() => real.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        real.CreateTimer(callback, state, dueTime, period);

    /// <summary>Goes to that moment, never back.</summary>
    public void MoveTo(DateTimeOffset moment) => Volatile.Write(ref _skipped, Math.Max(_skipped, moment.UtcTicks - real.GetUtcNow().UtcTicks));
}
