using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>A process that is told to end (SIGTERM) does so in order.</summary>
public sealed class DrainTests : IAsyncLifetime
{
    private static readonly string _masterKey = Convert.ToBase64String(new byte[32]);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);
    private readonly TestDatabase _database = new();
    private readonly EffectReceiver _receiver = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Ledger Ledger => new(_database.AdminConnectionString);

    [Fact]
    public async Task Under_load_no_request_breaks_and_no_accepted_execution_is_lost()
    {
        var (first, second) = (FreePort.Next(), FreePort.Next());
        using var leaving = await StartAsync(first, "00:00:03");
        using var staying = await StartAsync(second, "00:00:00");
        using var sender = await Sender.CreateAsync(first, _receiver.Url);
        using var balancer = new HttpClient();
        var (target, hasLeft, broken) = (first, false, 0);
        var sending = Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async lane =>
                {
                    for (var number = lane; !Volatile.Read(ref hasLeft); number += 8)
                    {
                        if (!await sender.TrySendAsync(Volatile.Read(ref target), number))
                        {
                            Interlocked.Increment(ref broken);
                        }
                    }
                })
        );
        await Eventually.True(() => sender.Accepted.Count >= 50, _patience, Ct);

        leaving.Interrupt();
        // As a balancer does: it looks, and goes elsewhere.
        await Eventually.True(
            async () => (await balancer.GetAsync($"http://127.0.0.1:{first}/health/ready", Ct)).StatusCode == HttpStatusCode.ServiceUnavailable,
            _patience,
            Ct
        );
        Volatile.Write(ref target, second);
        await leaving.EndAsync();
        Volatile.Write(ref hasLeft, true);
        await sending;

        Assert.Equal((0, 0), (broken, leaving.ExitCode));
        await Ledger.EveryExecutionEndedOnceAsync(_patience);
        await Ledger.EveryEffectHasOneKeyAsync(sender.Accepted, _receiver);
    }

    [Fact]
    public async Task Streams_get_a_last_event_and_an_answer_in_flight_is_sent()
    {
        var port = FreePort.Next();
        using var host = await StartAsync(port, "00:00:00");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Sender.RegisterAsync(client);
        var waiting = await StartWorkflowAsync(client, "action_delay", new { delay_ms = 3_600_000 }, "output");
        using var stream = await client.GetAsync($"/api/v1/workflows/executions/{waiting}/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", client.DefaultRequestHeaders.Authorization!.ToString());
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/api/v1/workflows/executions/{waiting}/ws"), Ct);
        var hook = await PublishResultAsync(client);
        using var held = _receiver.Hold();
        var calls = _receiver.Calls.Count;
        var inFlight = client.PostAsJsonAsync(hook, new { }, Ct);
        await Eventually.True(() => _receiver.Calls.Count > calls, _patience, Ct);

        host.Interrupt();
        var text = await stream.Content.ReadAsStringAsync(Ct);
        held.Dispose();
        var answer = await inFlight;
        await host.EndAsync();

        Assert.EndsWith("event: reconnect\ndata: {\"reason\":\"process.draining\"}\n\n", text, StringComparison.Ordinal);
        Assert.Contains("\"reconnect\"", await LastMessageAsync(socket), StringComparison.Ordinal);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, socket.CloseStatus);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, host.ExitCode);
    }

    public ValueTask InitializeAsync() => _database.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        _receiver.Dispose();
        await _database.DisposeAsync();
    }

    private async Task<HostProcess> StartAsync(int port, string delay)
    {
        var host = HostProcess.Start(
            $"--urls=http://127.0.0.1:{port}",
            $"--ConnectionStrings:Postgres={_database.AdminConnectionString}",
            $"--SAASFLOWS_MASTER_KEY={_masterKey}",
            "--Outbound:AllowPrivateNetworks=true",
            $"--Shutdown:Delay={delay}",
            "--Logging:LogLevel:Default=Warning"
        );
        await host.ReadyAsync();
        return host;
    }

    private static async Task<string> StartWorkflowAsync(HttpClient client, string type, object config, string port)
    {
        var id = await Sender.PublishAsync(client, "Waits", type, config, port);
        var started = await client.PostAsJsonAsync($"/api/v1/workflows/{id}/execute", new { }, Ct);
        return (await started.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("data").GetProperty("execution_id").GetString()!;
    }

    // Its webhook answers when the called server has answered.
    private async Task<string> PublishResultAsync(HttpClient client)
    {
        var created = await client.PostAsJsonAsync(
            "/api/v1/workflows",
            new
            {
                name = "Answers",
                nodes = new
                {
                    hook = new
                    {
                        node_type = "trigger_webhook",
                        label = "hook",
                        config = new { response_mode = "result" },
                    },
                    call = new
                    {
                        node_type = "action_http",
                        label = "call",
                        config = (object)new { url = _receiver.Url, method = "GET" },
                    },
                    end = new { node_type = "flow_end", label = "end" },
                },
                connections = new object[]
                {
                    new
                    {
                        from_node_id = "hook",
                        from_port_name = "output",
                        to_node_id = "call",
                    },
                    new
                    {
                        from_node_id = "call",
                        from_port_name = "success",
                        to_node_id = "end",
                    },
                },
            },
            Ct
        );
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("data").GetProperty("workflow_id").GetString();
        (await client.PostAsJsonAsync($"/api/v1/workflows/{id}/publish", new { }, Ct)).EnsureSuccessStatusCode();
        var webhooks = await client.GetFromJsonAsync<JsonElement>($"/api/v1/workflows/{id}/webhooks", Ct);
        return $"/api/v1/workflows/webhooks/{webhooks.GetProperty("data")[0].GetProperty("token").GetString()}";
    }

    private static async Task<string> LastMessageAsync(ClientWebSocket socket)
    {
        var (last, buffer) = ("", new byte[64 * 1024]);
        while (await socket.ReceiveAsync(buffer, Ct) is { MessageType: not WebSocketMessageType.Close } received)
        {
            last = Encoding.UTF8.GetString(buffer, 0, received.Count);
        }

        return last;
    }
}
