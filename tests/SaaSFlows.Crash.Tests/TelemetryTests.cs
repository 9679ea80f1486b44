using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>Traces and logs of the real program, in two processes: one takes requests, one runs what they start.</summary>
public sealed class TelemetryTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";

    // Both tests run on one database, which belongs to one key.
    private static readonly string _masterKey = Convert.ToBase64String(new byte[32]);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly Listener _outside = new();
    private readonly Listener _collector = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_callers_trace_goes_through_the_queue_and_a_sub_workflow_into_what_is_called_and_to_the_collector()
    {
        using var front = await StartAsync("Api,Migrate", $"--Telemetry:Otlp={_collector.Url}", "--Telemetry:Protocol=http");
        using var worker = await StartAsync("Worker", $"--Telemetry:Otlp={_collector.Url}", "--Telemetry:Protocol=http");

        await CallAsync(front, $"00-{Trace}-00f067aa0ba902b7-01");

        var call = await _outside.FirstAsync(_patience);
        Assert.StartsWith($"00-{Trace}-", call.TraceParent, StringComparison.Ordinal);
        Assert.DoesNotContain("00f067aa0ba902b7", call.TraceParent, StringComparison.Ordinal);
        front.Interrupt();
        worker.Interrupt();
        await Task.WhenAll(front.EndAsync(), worker.EndAsync());
        // A span's trace id is sixteen bytes of the protobuf message; the service's name is text.
        var traces = _collector
            .Calls.Where(sent => sent.Path == "/v1/traces" && sent.Body.AsSpan().IndexOf(Convert.FromHexString(Trace)) >= 0)
            .ToList();
        Assert.True(traces.Count >= 2);
        Assert.All(traces, sent => Assert.True(sent.Body.AsSpan().IndexOf("saasflows"u8) >= 0));
        Assert.Contains(_collector.Calls, sent => sent.Path == "/v1/metrics");
    }

    [Fact]
    public async Task Without_a_collector_nobody_outside_sees_a_trace_and_logs_can_be_json()
    {
        using var host = await StartAsync(
            "All",
            "--Telemetry:JsonLogs=true",
            "--Telemetry:RequestLogs=true",
            "--Logging:LogLevel:Default=Warning",
            "--Logging:LogLevel:SaaSFlows.Host=Information"
        );

        await CallAsync(host, $"00-{Trace}-00f067aa0ba902b7-01");

        Assert.Null((await _outside.FirstAsync(_patience)).TraceParent);
        Assert.Empty(_collector.Calls);
        host.Interrupt();
        await host.EndAsync();
        // Nothing is written that who reads JSON can't read.
        var line = host
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonElement.Parse(line))
            .Single(line => line.TryGetProperty("correlation_id", out var id) && id.GetString() == "call-1");
        Assert.Equal(
            ("information", "/api/v1/workflows/{workflow_id}/execute", 202),
            (
                line.GetProperty("level").GetString(),
                line.GetProperty("route").GetString(),
                line.GetProperty("fields").GetProperty("status").GetInt32()
            )
        );
        Assert.InRange(line.GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
        Assert.True(line.GetProperty("tenant").TryGetGuid(out _));
    }

    public void Dispose()
    {
        _outside.Dispose();
        _collector.Dispose();
    }

    private async Task CallAsync(HostProcess host, string traceParent)
    {
        using var client = new HttpClient { BaseAddress = await host.ReadyAsync() };
        await Sender.RegisterAsync(client);
        var child = await Sender.PublishAsync(client, "Calls", "action_http", new { url = _outside.Url, method = "GET" }, "success");
        var id = await Sender.PublishAsync(client, "Starts", "action_workflow", new { workflow = child }, "success");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/workflows/{id}/execute") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("traceparent", traceParent);
        request.Headers.Add("X-Correlation-ID", "call-1");
        (await client.SendAsync(request, Ct)).EnsureSuccessStatusCode();
    }

    private async Task<HostProcess> StartAsync(string roles, params string[] settings)
    {
        var host = HostProcess.Start([
            $"--Roles={roles}",
            $"--ConnectionStrings:Postgres={database.AdminConnectionString}",
            $"--SAASFLOWS_MASTER_KEY={_masterKey}",
            "--Outbound:AllowPrivateNetworks=true",
            "--Logging:LogLevel:Default=Warning",
            .. settings,
        ]);
        await host.ReadyAsync();
        return host;
    }

    private sealed record Call(string Path, string? TraceParent, byte[] Body);

    /// <summary>A server that keeps what it is sent.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly HttpListener _listener = new();

        public Listener()
        {
            Url = $"http://127.0.0.1:{FreePort.Next()}/";
            _listener.Prefixes.Add(Url);
            _listener.Start();
            _ = Task.Run(ListenAsync);
        }

        public string Url { get; }

        public ConcurrentQueue<Call> Calls { get; } = new();

        public async Task<Call> FirstAsync(TimeSpan patience)
        {
            await Eventually.True(() => !Calls.IsEmpty, patience, Ct);
            return Calls.First();
        }

        public void Dispose() => _listener.Close();

        private async Task ListenAsync()
        {
            while (_listener.IsListening)
            {
                try
                {
                    var context = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    Calls.Enqueue(new(context.Request.Url!.AbsolutePath, context.Request.Headers["traceparent"], body.ToArray()));
                    context.Response.Close();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
