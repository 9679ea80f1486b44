using System.Collections.Concurrent;
using System.Net;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>Counts side effects: a real HTTP listener that keeps the idempotency key of every call.</summary>
internal sealed class EffectReceiver : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, int> calls = new();

    public EffectReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}/";
        listener.Prefixes.Add(Url);
        listener.Start();
        _ = Task.Run(ListenAsync);
    }

    public string Url { get; }

    /// <summary>Every key that came, once.</summary>
    public IReadOnlyCollection<string> Keys => [.. calls.Keys];

    public void Dispose() => listener.Close();

    private async Task ListenAsync()
    {
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                calls.AddOrUpdate(context.Request.Headers["Idempotency-Key"] ?? "none", 1, (_, count) => count + 1);
                context.Response.Close();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                // The caller was killed, or the test is over.
            }
        }
    }
}
