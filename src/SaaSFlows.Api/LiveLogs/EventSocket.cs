using System.Net.WebSockets;
using System.Text.Json;
using SaaSFlows.Api.Pipeline;
using SaaSFlows.Api.Streams;

namespace SaaSFlows.Api.LiveLogs;

/// <summary>Writes the events of a stream to a WebSocket, each as one text message.</summary>
internal sealed class EventSocket(WebSocket socket, JsonSerializerOptions options, TimeProvider time, CancellationToken draining)
{
    // From the range for private use, like the status of an answer.
    private const WebSocketCloseStatus SentAway = (WebSocketCloseStatus)4408;

    /// <exception cref="TimeoutException">The other side takes nothing.</exception>
    public async Task WriteAsync(IAsyncEnumerable<ServerSentEvent> events, CancellationToken ct)
    {
        try
        {
            ServerSentEvent? last = null;
            await foreach (var item in events)
            {
                last = item;
                await SendAsync(item, ct);
            }

            // Nobody waits for the answer of somebody who has no business here any more, or is too slow.
            await (
                last?.Data is LostAccess lost ? CloseOutputAsync((WebSocketCloseStatus)lost.CloseCode(), lost.Reason, ct)
                : last?.Data is ComeAgainBody again ? CloseOutputAsync(SentAway, again.Reason, ct)
                : socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "end", ct).WithPatienceAsync(time)
            );
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            await SendAsync(ServerSentEvents.Reconnect, ct);
            await CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "process.draining", ct);
        }
    }

    private Task SendAsync(ServerSentEvent item, CancellationToken ct) =>
        socket
            .SendAsync(
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        id = item.Id,
                        @event = item.Name,
                        data = item.Data,
                    },
                    options
                ),
                WebSocketMessageType.Text,
                endOfMessage: true,
                ct
            )
            .WithPatienceAsync(time);

    private Task CloseOutputAsync(WebSocketCloseStatus status, string reason, CancellationToken ct) =>
        socket.CloseOutputAsync(status, reason, ct).WithPatienceAsync(time);
}
