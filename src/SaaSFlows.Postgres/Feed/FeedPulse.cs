namespace SaaSFlows.Postgres.Feed;

/// <summary>How the feed is: written by the relay, whose own hints come back to it too.</summary>
internal sealed class FeedPulse(TimeProvider clock)
{
    private long _sentAt;
    private long _lag = -1;

    public bool IsListening { get; set; }

    /// <summary>How long the last hint took through the database; null before the first.</summary>
    public TimeSpan? Lag => Volatile.Read(ref _lag) is >= 0 and var ticks ? new(ticks) : null;

    public void Sent() => Volatile.Write(ref _sentAt, clock.GetTimestamp());

    public void CameBack() => Volatile.Write(ref _lag, clock.GetElapsedTime(Volatile.Read(ref _sentAt)).Ticks);
}
