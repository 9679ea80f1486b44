using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Api.Tests.Grpc;
using SaaSFlows.Automation.LiveLogs;
using SaaSFlows.Automation.LiveLogs.Internal;
using SaaSFlows.Host.Configuration;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests.LiveLogs;

/// <summary>One tenant's streams, however many and however large, take a known part of a process.</summary>
public sealed class StreamLimitTests(StreamLimitTests.Host host) : IClassFixture<StreamLimitTests.Host>
{
    private const int Letters = 200_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private FollowExecution Follow => host.Services.GetRequiredService<FollowExecution>();

    [Fact]
    public async Task A_tenant_has_no_more_streams_than_the_limit_of_any_kind()
    {
        var (member, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        var path =
            $"/api/v1/workflows/executions/{await Chatty.StartAsync(member, await Chatty.PublishAsync(member, rounds: 1, delay: null), letters: 1)}";
        using var grpc = await GrpcClient.StartAsync(new(host.Services.GetRequiredService<GrpcEndpoint>().Address!));
        var open = await Task.WhenAll(Enumerable.Range(0, Host.MostStreams).Select(_ => StreamEndTests.OpenAsync(member, $"{path}/stream")));

        using var refused = await member.Http.GetAsync($"{path}/stream", Ct);
        using var chat = await member.Http.GetAsync($"/api/v1/chat/{member.Entity}/stream", Ct);
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (refused.StatusCode, chat.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(10), refused.Headers.RetryAfter!.Delta);
        Assert.Contains("streams.too_many", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"{member.Http.DefaultRequestHeaders.Authorization}");
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() =>
            socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = $"{path}/ws" }.Uri, Ct)
        );
        Assert.Equal(HttpStatusCode.TooManyRequests, socket.HttpStatusCode);
        Assert.Equal(8, (await grpc.CallAsync("WatchExecution", new { execution_id = path.Split('/')[^1] }, GrpcClient.Of(member))).Status);

        // Others are not concerned, and a place that gets free may be taken again.
        using (await StreamEndTests.OpenAsync(other, $"/api/v1/chat/{other.Entity}/stream"))
        {
            Array.ForEach(open, stream => stream.Dispose());
            await Eventually.True(
                async () =>
                {
                    using var again = await member.Http.GetAsync($"{path}/stream", HttpCompletionOption.ResponseHeadersRead, Ct);
                    return again.StatusCode == HttpStatusCode.OK;
                },
                Patience,
                Ct
            );
        }
    }

    [Fact]
    public async Task What_is_held_for_a_tenant_has_a_limit_and_is_given_back()
    {
        var (member, other) = (await host.RegisterAsync(), await host.RegisterAsync());
        var workflow = await Chatty.PublishAsync(member, rounds: 1, delay: null);
        var executions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Chatty.StartAsync(member, workflow, Letters)));
        var readers = executions.Select(execution => new Reader(Follow, member, execution)).ToList();

        // Each holds its input at least twice: with 1 MiB in all there is no room for eight.
        await Task.WhenAll(readers.Select(reader => reader.SettledAsync(host)));
        var sentAway = readers.Where(reader => reader.End is LiveUpdate.NoRoom).ToList();
        Assert.InRange(sentAway.Count, 5, 7);

        await using (var neighbour = new Reader(Follow, other, await Chatty.StartAsync(other, await Chatty.PublishAsync(other, 1, null), Letters)))
        {
            await neighbour.SettledAsync(host);
            Assert.Null(neighbour.End);
        }

        foreach (var reader in readers.Except(sentAway))
        {
            await reader.DisposeAsync();
        }

        // Come again as told, they are welcome now.
        await using var back = new Reader(
            Follow,
            member,
            executions[readers.IndexOf(sentAway[0])],
            ((LiveUpdate.NoRoom)sentAway[0].End!).ResumeAfter
        );
        await back.SettledAsync(host);
        Assert.Null(back.End);
    }

    [Fact]
    public async Task One_that_grows_too_large_while_it_is_followed_is_sent_away()
    {
        var member = await host.RegisterAsync();
        var nodes = Enumerable
            .Range(0, 8)
            .ToDictionary(number => $"wide{number}", _ => (object)Graphs.Node("data_transform", new { transformations = new { text = "wide" } }));
        nodes["start"] = Graphs.Node("trigger_manual");
        nodes["wait"] = Graphs.Node("action_wait_event", new { event_type = "go" });
        nodes["rest"] = Graphs.Node("action_delay", new { delay_ms = 60_000 });
        object[] lines = [Graphs.Line("start", "wait"), Graphs.Line("wait", "wide0", "received"), Graphs.Line("wide7", "rest")];
        var chain = Enumerable.Range(1, 7).Select(number => Graphs.Line($"wide{number - 1}", $"wide{number}"));
        var execution = await Chatty.StartAsync(member, await member.PublishAsync(nodes, lines.Concat(chain).ToArray()), Letters / 2);
        await using var reader = new Reader(Follow, member, execution);
        await reader.SettledAsync(host);
        Assert.Null(reader.End);

        await Chatty.GoAsync(member);
        await Eventually.True(() => reader.End is LiveUpdate.NoRoom, Patience, Ct);
    }

    [Fact]
    public async Task Those_who_read_what_is_stored_take_turns_and_a_slow_one_loses_its_turn()
    {
        var member = await host.RegisterAsync();
        var execution = await Chatty.StartAsync(member, await Chatty.PublishAsync(member, rounds: 1, delay: null), letters: 1);
        await using var slow = Updates(member, execution);
        await using var next = Updates(member, execution);
        Assert.True(await slow.MoveNextAsync());

        // One may read at once. It takes nothing more: the next one has to wait.
        var waiting = next.MoveNextAsync().AsTask();
        await Eventually.True(() => host.Services.GetRequiredService<LiveTail>().Turns.Waiting(new(member.Tenant)) == 1, Patience, Ct);
        Assert.False(waiting.IsCompleted);

        host.Ahead.Shift(TimeSpan.FromMinutes(1));
        Assert.True(await slow.MoveNextAsync());
        var place = Assert.IsType<LiveUpdate.FellBehind>(slow.Current);
        Assert.False(await slow.MoveNextAsync());
        Assert.True(await waiting.WaitAsync(Patience, Ct));

        await next.DisposeAsync();
        await using var again = Updates(member, execution, place.ResumeAfter);
        Assert.True(await again.MoveNextAsync());
        Assert.Equal(place.ResumeAfter + 1, ((LiveUpdate.Changed)again.Current).Change.Seq);
    }

    private static Caller CallerOf(Member member) =>
        new(new(member.Id), "", new(member.Tenant), new HashSet<string> { Permission.ReadLogs }, CommunityAccess.WholeTenant);

    private IAsyncEnumerator<LiveUpdate> Updates(Member member, Guid execution, long after = 0) =>
        Follow.RunAsync(CallerOf(member), new(execution), after, Ct).GetAsyncEnumerator(Ct);

    /// <summary>A process with little room.</summary>
    public sealed class Host : ApiHost
    {
        public const int MostStreams = 5;

        public ShiftedClock Ahead { get; } = new();

        protected override TimeProvider Clock => Ahead;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
            [
                new("Grpc:Url", "http://127.0.0.1:0"),
                new("Overload:Enabled", "true"),
                new("Overload:MaxStreamsPerTenant", $"{MostStreams}"),
                new("LiveLogs:MaxHeldBytes", $"{1024 * 1024}"),
                new("LiveLogs:MaxCatchingUp", "1"),
            ];
    }

    /// <summary>The system's clock, whose stopwatch can be put forward.</summary>
    public sealed class ShiftedClock : TimeProvider
    {
        private long _ahead;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);

        public void Shift(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond);
    }

    /// <summary>Reads all that comes.</summary>
    private sealed class Reader : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        private readonly Task _reading;
        private readonly (TenantId Tenant, ExecutionId Execution) _what;

        public Reader(FollowExecution follow, Member member, Guid execution, long after = 0)
        {
            _what = (new(member.Tenant), new(execution));
            _reading = Task.Run(() => ReadAsync(follow.RunAsync(CallerOf(member), new(execution), after, _stop.Token)));
        }

        /// <summary>The last word to it, if it was sent away.</summary>
        public LiveUpdate? End { get; private set; }

        /// <summary>It is told what comes, or was sent away.</summary>
        public Task SettledAsync(Host host) =>
            Eventually.True(
                () => End is not null || host.Services.GetRequiredService<LiveTail>().IsFollowed(_what.Tenant, _what.Execution),
                Patience,
                Ct
            );

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }

        private async Task ReadAsync(IAsyncEnumerable<LiveUpdate> updates)
        {
            await foreach (var update in updates)
            {
                End = update is LiveUpdate.Changed ? null : update;
            }
        }
    }
}
