using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Feed;

/// <summary>
/// Carries hints between processes by NOTIFY, on connections of its own and never in a transaction that writes: NOTIFY lets commits pass
/// one by one. A lost hint costs a waiter its safety poll, nothing else.
/// </summary>
internal sealed partial class FeedRelay(PostgresPools pools, JournalFeed feed, FeedPulse pulse, TimeProvider clock, ILogger<FeedRelay> logger)
    : BackgroundService
{
    private const string Channel = "saasflows_feed";
    private const string Everything = "*";

    // PostgreSQL takes less than 8,000 bytes.
    private const int LongestPayload = 7_900;

    // An execution that another process runs waits for two hints: that it is there, and that it has ended.
    private static readonly TimeSpan SendEvery = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(1);

    // Our own hints come back to us; we have told our waiters already.
    private volatile int _sender;

    /// <summary>Topics as payloads, each short enough.</summary>
    internal static IReadOnlyList<string> Pack(IReadOnlyCollection<FeedTopic>? topics)
    {
        if (topics is null)
        {
            return [Everything];
        }

        var payloads = new List<string>();
        var payload = new StringBuilder();
        foreach (var topic in topics)
        {
            if (payload.Length + topic.Text.Length + 1 > LongestPayload)
            {
                payloads.Add(payload.ToString());
                payload.Clear();
            }

            payload.Append(payload.Length == 0 ? "" : ",").Append(topic.Text);
        }

        if (payload.Length > 0)
        {
            payloads.Add(payload.ToString());
        }

        return payloads;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(KeepGoingAsync(SendAsync, stoppingToken), KeepGoingAsync(ListenAsync, stoppingToken));

    private async Task KeepGoingAsync(Func<NpgsqlConnection, CancellationToken, Task> work, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await pools.Signals.OpenConnectionAsync(ct);
                await work(connection, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                Log.Broken(logger, e);
                await WaitAsync(ReconnectAfter, ct);
            }
        }
    }

    private async Task SendAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        _sender = connection.ProcessID;
        while (true)
        {
            await feed.PendingAsync().WaitAsync(ct);
            await using (var command = new NpgsqlCommand("select pg_notify($1, payload) from unnest($2::text[]) as payload", connection))
            {
                command.Parameters.Add(new() { Value = Channel });
                command.Parameters.Add(new() { Value = Pack(feed.TakePending()).ToArray() });
                pulse.Sent();
                await command.ExecuteNonQueryAsync(ct);
            }

            await WaitAsync(SendEvery, ct);
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        connection.Notification += (_, hint) => Receive(hint);
        await using (var command = new NpgsqlCommand($"listen {Channel}", connection))
        {
            await command.ExecuteNonQueryAsync(ct);
        }

        // What was said while nobody listened is lost.
        feed.SignalAll();
        pulse.IsListening = true;
        try
        {
            while (true)
            {
                await connection.WaitAsync(ct);
            }
        }
        finally
        {
            pulse.IsListening = false;
        }
    }

    private void Receive(NpgsqlNotificationEventArgs hint)
    {
        if (hint.PID == _sender)
        {
            pulse.CameBack();
            return;
        }

        if (hint.Payload == Everything)
        {
            feed.SignalAll();
            return;
        }

        foreach (var text in hint.Payload.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            feed.Signal(FeedTopic.Parse(text));
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken ct)
    {
        try
        {
            await Task.Delay(time, clock, ct);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loops see it by themselves.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 3101,
            Level = LogLevel.Warning,
            Message = "Hints between processes are interrupted; waiters poll until they flow again"
        )]
        public static partial void Broken(ILogger logger, Exception error);
    }
}
