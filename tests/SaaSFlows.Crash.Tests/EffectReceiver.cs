using System.Collections.Concurrent;
using System.Net;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>Counts side effects: a real HTTP listener that keeps the idempotency key of every call.</summary>
internal sealed class EffectReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, int> _calls = new();
    private volatile TaskCompletionSource? _gate;

    public EffectReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = Task.Run(ListenAsync);
    }

    public string Url { get; }

    /// <summary>Every key that came, with how often.</summary>
    public IReadOnlyDictionary<string, int> Calls => _calls;

    /// <summary>Leaves the callers that come from now on without an answer, until the result is disposed of.</summary>
    public IDisposable Hold()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = gate;
        return new Release(() =>
        {
            _gate = null;
            gate.TrySetResult();
        });
    }

    public void Dispose() => _listener.Close();

    private async Task ListenAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                _ = AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        _calls.AddOrUpdate(context.Request.Headers["Idempotency-Key"] ?? "none", 1, (_, count) => count + 1);
        if (_gate is { } gate)
        {
            await gate.Task;
        }

        try
        {
            context.Response.Close();
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
        {
            // The caller was killed.
        }
    }

    private sealed class Release(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
