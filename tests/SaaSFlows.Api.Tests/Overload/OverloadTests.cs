using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests.Overload;

/// <summary>A process that works on two requests at a time, so that a tenant has one.</summary>
public sealed class OverloadTests(OverloadTests.Host host) : IClassFixture<OverloadTests.Host>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_over_is_refused_before_its_body_is_read_and_another_tenant_is_served()
    {
        var (loud, quiet) = (await HookAsync(Graphs.Webhook), await HookAsync(Graphs.Webhook));
        await using var busy = await BusyAsync(loud.Member, inFlight: 1);

        using var over = await SendAsync(loud.Hook, "{");
        var refusal = await ReadAsync(over);
        Assert.StartsWith("HTTP/1.1 429 ", refusal, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 1\r\n", refusal, StringComparison.Ordinal);
        Assert.Contains("\"RATE_LIMIT_EXCEEDED\"", refusal, StringComparison.Ordinal);
        Assert.Contains("\"requests.too_many_at_once\"", refusal, StringComparison.Ordinal);

        Assert.Equal(200, (await quiet.Member.PostRawAsync(quiet.Hook, "{}")).Status);
        using var anonymous = host.Anonymous();
        Assert.Equal(HttpStatusCode.OK, (await anonymous.GetAsync("/health/ready", Ct)).StatusCode);
        var metrics = await anonymous.GetStringAsync("/metrics", Ct);
        Assert.Contains("saasflows_requests_refused_total{kind=\"tenant\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("saasflows_requests_in_flight 1", metrics, StringComparison.Ordinal);
        await busy.EndAsync();
        Assert.Equal(200, (await loud.Member.PostRawAsync(loud.Hook, "{}")).Status);
    }

    [Fact]
    public async Task Calls_of_the_tenant_share_the_place_and_all_together_are_bounded()
    {
        var (one, other, third) = (await HookAsync(Graphs.Webhook), await HookAsync(Graphs.Webhook), await HookAsync(Graphs.Webhook));
        await using var first = await BusyAsync(one.Member, inFlight: 1);
        Assert.Equal((429, "requests.too_many_at_once"), Told(await one.Member.GetAsync("/api/v1/workflows")));

        await using var second = await BusyAsync(other.Member, inFlight: 2);
        Assert.Equal((503, "process.overloaded"), Told(await third.Member.PostRawAsync(third.Hook, "{}")));
        Assert.Equal((503, "process.overloaded"), Told(await third.Member.GetAsync("/api/v1/workflows")));
        await first.EndAsync();
        await second.EndAsync();
    }

    [Fact]
    public async Task Slow_senders_hold_no_place_and_need_one_when_their_body_is_whole()
    {
        var (slow, quiet) = (await HookAsync(Graphs.Webhook), await HookAsync(Graphs.Webhook));
        using var first = await SendHalfAsync(slow.Hook);
        using var second = await SendHalfAsync(slow.Hook);
        await InFlightAsync(0);
        Assert.Equal(200, (await slow.Member.GetAsync("/api/v1/workflows")).Status);
        Assert.Equal(200, (await quiet.Member.PostRawAsync(quiet.Hook, "{}")).Status);
        await first.SendAsync("}"u8.ToArray(), Ct);
        Assert.StartsWith("HTTP/1.1 200 ", await ReadAsync(first), StringComparison.Ordinal);

        await using var busy = await BusyAsync(slow.Member, inFlight: 1);
        await second.SendAsync("}"u8.ToArray(), Ct);
        Assert.StartsWith("HTTP/1.1 429 ", await ReadAsync(second), StringComparison.Ordinal);
        await busy.EndAsync();
    }

    [Fact]
    public async Task Bodies_that_never_become_whole_are_given_up_and_take_no_more_memory_than_they_may()
    {
        var (slow, quiet) = (await HookAsync(Graphs.Webhook), await HookAsync(Graphs.Webhook));
        using var never = await SendHalfAsync(slow.Hook);
        Assert.Contains("\"body.too_slow\"", await ReadAsync(never), StringComparison.Ordinal);

        var most = new byte[1_000_000];
        var large = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async _ =>
                {
                    var socket = await SendAsync(slow.Hook, "", "", length: most.Length + 1);
                    await socket.SendAsync(most, Ct);
                    return (await ReadAsync(socket))[..13];
                })
        );
        Assert.Contains("HTTP/1.1 429 ", large);
        Assert.Equal(200, (await quiet.Member.PostRawAsync(quiet.Hook, "{}")).Status);
    }

    [Fact]
    public async Task Who_only_waits_for_an_execution_or_reads_a_stream_takes_no_place()
    {
        var (member, hook) = await HookAsync(
            (
                new
                {
                    hook = Graphs.Node("trigger_webhook", new { response_mode = "result" }),
                    wait = Graphs.Node("action_delay", new { delay_ms = 3_600_000 }),
                },
                new[] { Graphs.Line("hook", "wait") }
            )
        );
        using var waiting = await SendAsync(hook, "{}");
        await Eventually.True(
            async () => (await member.GetAsync("/api/v1/executions")) is { Status: 200 } list && list.Data.GetArrayLength() == 1,
            TimeSpan.FromSeconds(30),
            Ct
        );

        using var stream = await member.Http.GetAsync("/api/v1/events/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        Assert.Equal(200, (await member.GetAsync("/api/v1/workflows")).Status);
    }

    private static (int Status, string Reason) Told(Answer answer)
    {
        Assert.Equal("1", Assert.Single(answer.Response.Headers.GetValues("Retry-After")));
        return (answer.Status, answer.Reason!);
    }

    private async Task<(Member Member, string Hook)> HookAsync((object Nodes, object Connections) graph)
    {
        var member = await host.RegisterAsync();
        var hook = await member.WebhookAsync(await member.PublishAsync(graph.Nodes, graph.Connections));
        // From now on the process knows whose webhook it is.
        if (ReferenceEquals(graph.Nodes, Graphs.Webhook.Nodes))
        {
            Assert.Equal(200, (await member.PostRawAsync(hook, "{}")).Status);
        }

        return (member, hook);
    }

    // Somebody's change that can't go on, because another one holds what it changes.
    private async Task<Busy> BusyAsync(Member member, int inFlight)
    {
        var workflow = await member.CreateAsync(Graphs.Echo.Nodes, Graphs.Echo.Connections);
        var connection = new NpgsqlConnection(host.Database.AdminConnectionString);
        await connection.OpenAsync(Ct);
        var transaction = await connection.BeginTransactionAsync(Ct);
        await using var command = new NpgsqlCommand("select from automation.workflows where id = $1 for update", connection)
        {
            Parameters = { new() { Value = workflow } },
        };
        await command.ExecuteNonQueryAsync(Ct);
        var change = member.PutAsync($"/api/v1/workflows/{workflow}", new { name = "Renamed" });
        await InFlightAsync(inFlight);
        return new(connection, transaction, change);
    }

    private async Task InFlightAsync(int count)
    {
        using var anonymous = host.Anonymous();
        await Eventually.True(
            async () =>
                (await anonymous.GetStringAsync("/metrics", Ct)).Contains($"saasflows_requests_in_flight {count}\n", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            Ct
        );
    }

    // A delivery whose second half the server waits for.
    private async Task<Socket> SendHalfAsync(string hook)
    {
        var socket = await SendAsync(hook, "", "Expect: 100-continue\r\n");
        const string wanted = "HTTP/1.1 100 Continue\r\n\r\n";
        var told = new byte[wanted.Length];
        for (var count = 0; count < told.Length; )
        {
            count += await socket.ReceiveAsync(told.AsMemory(count), Ct);
        }

        Assert.Equal(wanted, Encoding.ASCII.GetString(told));
        await socket.SendAsync("{"u8.ToArray(), Ct);
        return socket;
    }

    // A delivery of two bytes, of which some may still be on the way.
    private async Task<Socket> SendAsync(string hook, string body, string header = "", int length = 2)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, host.Address.Port, Ct);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                $"POST {hook} HTTP/1.1\r\nHost: {host.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: "
                    + $"{length}\r\n{header}\r\n{body}"
            ),
            Ct
        );
        return socket;
    }

    // With a length, or in chunks.
    private static bool IsWhole(string answer)
    {
        var (head, length) = (
            answer.IndexOf("\r\n\r\n", StringComparison.Ordinal),
            answer.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase)
        );
        return answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
            || (
                head > length
                && length > 0
                && answer.Length - head - 4
                    >= int.Parse(answer[(length + 16)..answer.IndexOf('\r', length)], System.Globalization.CultureInfo.InvariantCulture)
            );
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        while (!IsWhole(text.ToString()) && await socket.ReceiveAsync(buffer, Ct) is > 0 and var read)
        {
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private sealed record Busy(NpgsqlConnection Connection, NpgsqlTransaction Transaction, Task<Answer> Change) : IAsyncDisposable
    {
        public async Task EndAsync()
        {
            await Transaction.RollbackAsync(Ct);
            Assert.Equal(200, (await Change).Status);
        }

        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }

    public sealed class Host : ApiHost
    {
        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [
                new("Overload:Enabled", "true"),
                new("Overload:MaxInFlight", "2"),
                new("Overload:BurstWait", "00:00:00.100"),
                new("Overload:OverloadWait", "00:00:00"),
                new("Overload:BodyTime", "00:00:03"),
                new("Overload:MaxArrivingBytes", "4194304"),
            ];
    }
}
