using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Api.Tests.Grpc;
using SaaSFlows.Automation.LiveLogs.Internal;
using SaaSFlows.Host.Configuration;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests.LiveLogs;

/// <summary>Readers that do not read: nothing grows for them, and they lose nothing that they can't get again.</summary>
public sealed class SlowReaderTests(SlowReaderTests.Host host) : IClassFixture<SlowReaderTests.Host>
{
    // Far more than the system's buffers between two processes hold.
    private const int Rounds = 600,
        Letters = 50_000,
        All = Rounds * Letters;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reader_that_stops_is_sent_away_and_goes_on_where_it_was()
    {
        var member = await host.RegisterAsync();
        var execution = await Chatty.StartAsync(member, await Chatty.PublishAsync(member, Rounds, delay: null), Letters);
        using var response = await StreamEndTests.OpenAsync(member, $"/api/v1/workflows/executions/{execution}/stream");
        await using var stream = await response.Content.ReadAsStreamAsync(Ct);
        await using var events = Chatty.EventsOf(stream).GetAsyncEnumerator(Ct);
        var (before, got) = (host.Tail.Dropped, new List<Told>());
        while (!got.Any(told => told.Name == "execution" && told.Data.GetProperty("status").GetString() == "waiting"))
        {
            Assert.True(await events.MoveNextAsync());
            got.Add(events.Current);
        }

        await Chatty.GoAsync(member);
        await member.EndedAsync(execution);
        await Eventually.True(() => host.Tail.Dropped > before, Deadline, Ct);

        // Now it reads on. It gets what lay in the buffers on the way, and the word that it was too slow: the rest was not kept for it.
        while (await events.MoveNextAsync())
        {
            got.Add(events.Current);
        }

        var end = got[^1];
        Assert.Equal(
            ("reconnect", "reader.slow", end.Id),
            (end.Name, end.Data.GetProperty("reason").GetString(), end.Data.GetProperty("resume_after").GetInt64())
        );
        Assert.InRange(got.Sum(told => told.Data.GetRawText().Length), 0, All / 2);

        var settled = Chatty.Settled(got).Concat(await Chatty.AllAsync(member, execution, end.Id)).Select(told => told.Data.GetRawText());
        Assert.Equal((await Chatty.AllAsync(member, execution, 0)).Select(told => told.Data.GetRawText()), settled);
    }

    [Fact]
    public async Task A_socket_that_nobody_reads_is_closed_with_the_place_to_go_on()
    {
        var member = await host.RegisterAsync();
        var execution = await Chatty.StartAsync(member, await Chatty.PublishAsync(member, Rounds, delay: null), Letters);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"{member.Http.DefaultRequestHeaders.Authorization}");
        await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = $"/api/v1/workflows/executions/{execution}/ws" }.Uri, Ct);
        var (before, last) = (host.Tail.Dropped, default(JsonElement));
        while (
            last.ValueKind == JsonValueKind.Undefined
            || !last.GetRawText().Contains("\"status\":\"waiting\"", StringComparison.Ordinal)
            || last.GetProperty("event").GetString() != "execution"
        )
        {
            last = (await ReceiveAsync(socket))!.Value;
        }

        await Chatty.GoAsync(member);
        await Eventually.True(() => host.Tail.Dropped > before, Deadline, Ct);
        while (await ReceiveAsync(socket) is { } message)
        {
            last = message;
        }

        Assert.Equal("reconnect", last.GetProperty("event").GetString());
        Assert.Equal(last.GetProperty("id").GetInt64(), last.GetProperty("data").GetProperty("resume_after").GetInt64());
        Assert.Equal((4408, "reader.slow"), ((int)socket.CloseStatus!.Value, socket.CloseStatusDescription));
    }

    [Theory]
    [InlineData("stream")]
    [InlineData("ws")]
    public async Task A_connection_whose_reader_takes_nothing_is_cut_after_a_while(string route)
    {
        var member = await host.RegisterAsync();
        var execution = await Chatty.StartAsync(member, await Chatty.PublishAsync(member, Rounds, delay: null), Letters);
        using var client = await ConnectAsync(host.Address, member, $"/api/v1/workflows/executions/{execution}/{route}");
        await client.ReadUntilAsync("\"status\":\"waiting\"");
        await Chatty.GoAsync(member);
        await Eventually.True(() => host.Patience.Waiting > 0, Deadline, Ct);
        var end = client.EndedAsync();
        // A write that still found room waits for a moment too: the one that is stuck comes after it.
        await Eventually.True(
            () =>
            {
                host.Patience.End();
                return end.IsCompleted;
            },
            Deadline,
            Ct
        );

        await end;
        await Eventually.True(() => !host.Tail.IsRunning, Deadline, Ct);
    }

    [Fact]
    public async Task A_grpc_watch_that_takes_nothing_is_cut_after_a_while()
    {
        var member = await host.RegisterAsync();
        var execution = await Chatty.StartAsync(member, await Chatty.PublishAsync(member, Rounds, delay: null), Letters);
        using var client = await GrpcClient.StartAsync(host.GrpcAddress);
        var watch = client.Start("WatchExecution", new { execution_id = execution }, GrpcClient.Of(member), pause: true);
        await Eventually.True(() => host.Tail.IsRunning, Deadline, Ct);
        await Chatty.GoAsync(member);
        var end = watch.EndAsync();
        // A write that still found room waits for a moment too: the one that is stuck comes after it.
        await Eventually.True(
            () =>
            {
                host.Patience.End();
                return end.IsCompleted;
            },
            Deadline,
            Ct
        );

        Assert.Equal(8, (await end).Status);
        await Eventually.True(() => !host.Tail.IsRunning, Deadline, Ct);
    }

    private static async Task<JsonElement?> ReceiveAsync(ClientWebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(buffer, Ct);
            message.Write(buffer, 0, part.Count);
        } while (!part.EndOfMessage);
        return part.MessageType == WebSocketMessageType.Close ? null : JsonElement.Parse(message.ToArray());
    }

    private static async Task<LazyClient> ConnectAsync(Uri address, Member member, string path)
    {
        var upgrade = path.EndsWith("/ws", StringComparison.Ordinal)
            ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            : "";
        var client = new LazyClient(address);
        await client.SendAsync(
            $"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: {member.Http.DefaultRequestHeaders.Authorization}\r\n{upgrade}\r\n"
        );
        return client;
    }

    /// <summary>A program with little patience.</summary>
    public sealed class Host : ApiHost
    {
        public HeldPatience Patience { get; } = new();

        public Uri GrpcAddress => new(Services.GetRequiredService<GrpcEndpoint>().Address!);

        internal LiveTail Tail => Services.GetRequiredService<LiveTail>();

        protected override TimeProvider Clock => Patience;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [new("Grpc:Url", "http://127.0.0.1:0"), new("LiveLogs:MaxBacklog", "50")];
    }

    /// <summary>A client over a bare socket: it reads when it is told to.</summary>
    private sealed class LazyClient : IDisposable
    {
        private readonly TcpClient _client = new() { ReceiveBufferSize = 4096 };
        private readonly Stream _stream;

        public LazyClient(Uri address)
        {
            _client.Connect(address.Host, address.Port);
            _stream = _client.GetStream();
        }

        public async Task SendAsync(string text) => await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), Ct);

        public async Task ReadUntilAsync(string text)
        {
            var (seen, buffer) = (new StringBuilder(), new byte[1024]);
            while (!seen.ToString().Contains(text, StringComparison.Ordinal))
            {
                var count = await _stream.ReadAsync(buffer, Ct);
                Assert.True(count > 0, $"{seen}");
                seen.Append(Encoding.ASCII.GetString(buffer, 0, count));
            }
        }

        /// <summary>Reads to the end, however it comes.</summary>
        public async Task EndedAsync()
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (await _stream.ReadAsync(buffer, Ct) > 0) { }
            }
            catch (IOException)
            {
                // Cut.
            }
        }

        public void Dispose() => _client.Dispose();
    }
}
