using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace SaaSFlows.Api.Streams;

/// <summary>One event on its way to a browser.</summary>
/// <param name="Id">Where a reader goes on after a broken connection; null leaves its last one.</param>
internal sealed record ServerSentEvent(long? Id, string Name, object Data);

/// <summary>Writes a stream of server-sent events that readers may resume (WHATWG HTML, section 9.2).</summary>
internal static class ServerSentEvents
{
    /// <summary>The last event of a stream whose process ends, though what it tells of has not.</summary>
    public static readonly ServerSentEvent Reconnect = new(null, "reconnect", new ComeAgainBody("process.draining", null));

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>The last event of a stream whose reader is sent away.</summary>
    /// <param name="reason">Why, as a code.</param>
    /// <param name="after">The event to go on after.</param>
    public static ServerSentEvent ComeAgain(string reason, long after) => new(after, "reconnect", new ComeAgainBody(reason, after));

    /// <summary>The last event that the reader saw, by header or, for a first connection, by query; 0 for none; null if it is no number.</summary>
    public static long? LastEventId(HttpRequest request)
    {
        var text = request.Headers["Last-Event-ID"].ToString();
        text = text.Length > 0 ? text : request.Query["last_event_id"].ToString();
        return text.Length == 0 ? 0
            : long.TryParse(text, CultureInfo.InvariantCulture, out var id) && id >= 0 ? id
            : null;
    }

    /// <summary>
    /// Writes events as they come, and a comment whenever nothing came for 15 s, so that proxies keep the connection. When the process ends, the last
    /// event is <c>reconnect</c>: browsers then come again by themselves, to another process, and go on after the last event that they saw. An event
    /// is asked for only when the one before has left; the connection of a reader that takes nothing is cut (<see cref="SlowReaders"/>). HEAD is
    /// answered at once: it has no end to wait for.
    /// </summary>
    public static async Task WriteAsync(HttpContext http, IAsyncEnumerable<ServerSentEvent> events)
    {
        var ct = http.RequestAborted;
        var options = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache, no-transform";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.StartAsync(ct);
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        var body = http.Response.BodyWriter;

        var draining = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, draining);
        await using var source = events.GetAsyncEnumerator(stop.Token);
        try
        {
            Write(body, "retry: 1000\n\n");
            await FlushAsync(body, time, ct);
            await CopyAsync(body, source, stop, options, time, ct);
        }
        catch (TimeoutException)
        {
            http.Abort();
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            Write(body, Reconnect, options);
            await FlushAsync(body, time, ct);
        }
    }

    private static async Task CopyAsync(
        PipeWriter body,
        IAsyncEnumerator<ServerSentEvent> source,
        CancellationTokenSource stop,
        JsonSerializerOptions options,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var next = source.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                if (!await ComesAsync(next, time, ct))
                {
                    Write(body, ": keep-alive\n\n");
                }
                else if (await next)
                {
                    Write(body, source.Current, options);
                    next = source.MoveNextAsync().AsTask();
                }
                else
                {
                    return;
                }

                await FlushAsync(body, time, ct);
            }
        }
        finally
        {
            // A source can't be put away while it is asked.
            await stop.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>False: nothing has come for so long that the connection needs a sign of life.</summary>
    private static async ValueTask<bool> ComesAsync(Task next, TimeProvider time, CancellationToken ct)
    {
        if (next.IsCompleted)
        {
            return true;
        }

        // Else the timers of events that came in time would pile up.
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var first = await Task.WhenAny(next, Task.Delay(KeepAlive, time, over.Token));
        await over.CancelAsync();
        ct.ThrowIfCancellationRequested();
        return first == next;
    }

    private static Task FlushAsync(PipeWriter body, TimeProvider time, CancellationToken ct) => body.FlushAsync(ct).AsTask().WithPatienceAsync(time);

    // JSON as written by System.Text.Json has no line breaks, so one data line is enough.
    private static void Write(PipeWriter body, ServerSentEvent item, JsonSerializerOptions options)
    {
        if (item.Id is { } id)
        {
            Write(body, string.Create(CultureInfo.InvariantCulture, $"id: {id}\n"));
        }

        Write(body, $"event: {item.Name}\ndata: ");
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = options.Encoder, SkipValidation = true }))
        {
            JsonSerializer.Serialize(json, item.Data, item.Data.GetType(), options);
        }

        Write(body, "\n\n");
    }

    private static void Write(PipeWriter body, string text) => Encoding.UTF8.GetBytes(text, body);
}

/// <param name="Reason">Why the reader has to come again, as a code.</param>
/// <param name="ResumeAfter">The event to go on after, if it is not the last that came.</param>
internal sealed record ComeAgainBody(string Reason, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ResumeAfter);
