using System.Collections.Concurrent;
using System.Net;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>A real HTTP listener that remembers who called.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener listener = new();

    public Receiver(HttpStatusCode status = HttpStatusCode.OK)
    {
        Answer = status;
        Url = $"http://127.0.0.1:{FreePort.Next()}/";
        listener.Prefixes.Add(Url);
        listener.Start();
        _ = Task.Run(ListenAsync);
    }

    public string Url { get; }

    public HttpStatusCode Answer { get; set; }

    public ConcurrentQueue<Call> Calls { get; } = new();

    public void Dispose() => listener.Close();

    private async Task ListenAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            Calls.Enqueue(new Call(context.Request.HttpMethod, context.Request.Headers["Idempotency-Key"], await reader.ReadToEndAsync()));
            context.Response.StatusCode = (int)Answer;
            context.Response.ContentType = "application/json";
            context.Response.Close("{\"ok\":true}"u8.ToArray(), willBlock: false);
        }
    }

    public sealed record Call(string Method, string? IdempotencyKey, string Body);
}
