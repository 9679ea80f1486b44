using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SaaSFlows.Api.Wire;

/// <summary>One event on its way to a browser.</summary>
/// <param name="Id">Where a reader goes on after a broken connection; null leaves its last one.</param>
internal sealed record ServerSentEvent(long? Id, string Name, object Data);

/// <summary>Writes a stream of server-sent events that readers may resume (WHATWG HTML, section 9.2).</summary>
internal static class ServerSentEvents
{
    /// <summary>The last event of a stream whose process ends, though what it tells of has not.</summary>
    public static readonly ServerSentEvent Reconnect = new(null, "reconnect", new { reason = "process.draining" });

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>The last event that the reader saw, by header or, for a first connection, by query; 0 for none; null if it is no number.</summary>
    public static long? LastEventId(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"].ToString();
        text = text.Length > 0 ? text : request.Query["last_event_id"].ToString();
        return text.Length == 0 ? 0 : long.TryParse(text, out var id) && id >= 0 ? id : null;
    }

    /// <summary>
    /// Writes events as they come, and a comment whenever nothing came for 15 s, so that proxies keep the connection. When the process ends, the last event is
    /// <c>reconnect</c>: browsers then come again by themselves, to another process, and go on after the last event that they saw.
    /// </summary>
    public static async Task WriteAsync(HttpContext http, IAsyncEnumerable<ServerSentEvent> events)
    {
        var ct = http.RequestAborted;
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        using var opened = http.RequestServices.GetRequiredService<StreamCount>().Open("sse");
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache, no-transform";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.WriteAsync("retry: 1000\n\n", ct);
        await http.Response.Body.FlushAsync(ct);

        var draining = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, draining);
        await using var source = events.GetAsyncEnumerator(stop.Token);
        try
        {
            await CopyAsync(http, source, stop, options, time);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            await http.Response.WriteAsync(Format(Reconnect, options), ct);
            await http.Response.Body.FlushAsync(ct);
        }
    }

    private static async Task CopyAsync(
        HttpContext http, IAsyncEnumerator<ServerSentEvent> source, CancellationTokenSource stop, JsonSerializerOptions options, TimeProvider time)
    {
        var ct = http.RequestAborted;
        var next = source.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                var idle = Task.Delay(KeepAlive, time, ct);
                if (await Task.WhenAny(next, idle) != next)
                {
                    await http.Response.WriteAsync(": keep-alive\n\n", ct);
                }
                else if (await next)
                {
                    await http.Response.WriteAsync(Format(source.Current, options), ct);
                    next = source.MoveNextAsync().AsTask();
                }
                else
                {
                    return;
                }

                await http.Response.Body.FlushAsync(ct);
            }
        }
        finally
        {
            // A source can't be put away while it is asked.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // JSON as written by System.Text.Json has no line breaks, so one data line is enough.
    private static string Format(ServerSentEvent item, JsonSerializerOptions options) =>
        (item.Id is { } id ? $"id: {id}\n" : string.Empty)
        + $"event: {item.Name}\ndata: {JsonSerializer.Serialize(item.Data, item.Data.GetType(), options)}\n\n";
}
