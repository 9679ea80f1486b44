using System.Net.WebSockets;
using System.Text.Json;
using SaaSFlows.Api.Access;
using SaaSFlows.Api.Wire;

namespace SaaSFlows.Api.LiveLogs;

/// <summary>Writes the events of a stream to a WebSocket, each as one text message. What the other side says is ignored, but that it closes.</summary>
internal sealed class EventSocket(WebSocket socket, JsonSerializerOptions options, TimeProvider time)
{
    // From the range for private use, like the status of an answer.
    private const WebSocketCloseStatus TooSlow = (WebSocketCloseStatus)4408;

    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    /// <param name="stop">Ends <paramref name="events"/>; cancelled when the other side closes.</param>
    /// <exception cref="TimeoutException">The other side takes nothing.</exception>
    public async Task WriteAsync(IAsyncEnumerable<ServerSentEvent> events, CancellationTokenSource stop, CancellationToken draining)
    {
        using var over = new CancellationTokenSource();
        var closing = ListenAsync(stop, over.Token);
        try
        {
            await CloseAsync(await CopyAsync(events));
            await AnswerAsync(closing);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested && socket.State == WebSocketState.Open)
        {
            await SendAsync(ServerSentEvents.Reconnect);
            await CloseAsync(ServerSentEvents.Reconnect);
            await AnswerAsync(closing);
        }
        catch (OperationCanceledException) when (socket.State == WebSocketState.CloseReceived)
        {
            await CloseAsync(WebSocketCloseStatus.NormalClosure, "");
        }
        finally
        {
            await over.CancelAsync();
            await closing;
        }
    }

    private async Task<ServerSentEvent> CopyAsync(IAsyncEnumerable<ServerSentEvent> events)
    {
        ServerSentEvent? last = null;
        await foreach (var item in events)
        {
            last = item;
            await SendAsync(item);
        }

        return last!;
    }

    private Task SendAsync(ServerSentEvent item) => socket.SendAsync(
        JsonSerializer.SerializeToUtf8Bytes(new { id = item.Id, @event = item.Name, data = item.Data }, options), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None)
        .WithPatienceAsync(time);

    private Task CloseAsync(ServerSentEvent last) =>
        last.Data is LostAccess lost ? CloseAsync((WebSocketCloseStatus)lost.CloseCode(), lost.Reason)
        : last == ServerSentEvents.Reconnect ? CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "process.draining")
        : last.Name == ServerSentEvents.Reconnect.Name ? CloseAsync(TooSlow, "reader.slow")
        : CloseAsync(WebSocketCloseStatus.NormalClosure, "end");

    private Task CloseAsync(WebSocketCloseStatus status, string reason) => socket.CloseOutputAsync(status, reason, CancellationToken.None).WithPatienceAsync(time);

    // Who hangs up at once takes from the other side what it has not read yet.
    private async Task AnswerAsync(Task closing) => await Task.WhenAny(closing, Task.Delay(LongestGoodbye, time));

    private async Task ListenAsync(CancellationTokenSource stop, CancellationToken over)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer.AsMemory(), over)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            // Gone without a word.
        }

        await stop.CancelAsync();
    }
}
