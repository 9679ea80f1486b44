namespace SaaSFlows.Postgres.Feed;

/// <summary>Hears each signal of one topic until it is disposed.</summary>
public sealed class FeedListener : IDisposable
{
    private readonly JournalFeed _feed;
    private readonly Action _heard;

    internal FeedListener(JournalFeed feed, FeedTopic topic, Action heard)
    {
        _feed = feed;
        _heard = heard;
        Topic = topic;
    }

    internal FeedTopic Topic { get; }

    /// <inheritdoc/>
    public void Dispose() => _feed.Remove(this);

    internal void Signal() => _heard();
}
