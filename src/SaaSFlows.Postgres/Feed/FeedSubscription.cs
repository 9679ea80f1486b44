using System.Threading.Channels;

namespace SaaSFlows.Postgres.Feed;

/// <summary>Waits for signals of one topic. Signals that come before anyone waits are kept as one.</summary>
public sealed class FeedSubscription : IDisposable
{
    /// <summary>A hint from another process can get lost, so nobody waits for one longer than this.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly FeedListener _listener;
    private readonly TimeProvider _clock;

    internal FeedSubscription(JournalFeed feed, FeedTopic topic, TimeProvider clock)
    {
        _clock = clock;
        _listener = feed.Listen(topic, () => _signal.Writer.TryWrite(true));
    }

    /// <summary>Returns at the next signal (true), or after <paramref name="timeout"/>, at most a second (false): then look anyway.</summary>
    public async Task<bool> NextAsync(TimeSpan timeout, CancellationToken ct)
    {
        using var deadline = new CancellationTokenSource(timeout < LongestWait ? timeout : LongestWait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        try
        {
            return await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _listener.Dispose();
}
