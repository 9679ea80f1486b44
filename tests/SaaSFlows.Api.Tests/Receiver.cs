using System.Collections.Concurrent;
using System.Net;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests;

/// <summary>A real HTTP listener that remembers who called.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly HttpStatusCode status;

    public Receiver(HttpStatusCode status = HttpStatusCode.OK)
    {
        this.status = status;
        Url = $"http://127.0.0.1:{FreePort.Next()}/";
        listener.Prefixes.Add(Url);
        listener.Start();
        _ = Task.Run(ListenAsync);
    }

    public string Url { get; }

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
            context.Response.StatusCode = (int)status;
            context.Response.ContentType = "application/json";
            context.Response.Close("{\"ok\":true}"u8.ToArray(), willBlock: false);
        }
    }

    public sealed record Call(string Method, string? IdempotencyKey, string Body);
}
