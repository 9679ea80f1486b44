using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SaaSFlows.Accounts.Access;
using SaaSFlows.Automation.LiveLogs;
using SaaSFlows.Automation.LiveLogs.Internal;
using SaaSFlows.Postgres.Journaling;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Api.Tests.LiveLogs;

/// <summary>Many readers, one tail.</summary>
public sealed class LiveTailTests(ApiHost host) : IClassFixture<ApiHost>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task However_many_read_each_tick_is_one_query()
    {
        const int Executions = 5,
            Readers = 40;
        var member = await host.RegisterAsync();
        var workflow = await Chatty.PublishAsync(member, rounds: 3, delay: 20);
        var executions = await Task.WhenAll(Enumerable.Range(0, Executions).Select(_ => Chatty.StartAsync(member, workflow, letters: 10)));
        var caller = CallerOf(member);
        var (follow, tail) = (host.Services.GetRequiredService<FollowExecution>(), host.Services.GetRequiredService<LiveTail>());
        var parked = new CountdownEvent(Executions * Readers);
        var all = executions
            .SelectMany(execution =>
                Enumerable.Range(0, Readers).Select(_ => Task.Run(() => ReadAsync(follow.RunAsync(caller, new(execution), 0, Ct), parked), Ct))
            )
            .ToList();
        await Eventually.True(() => parked.IsSet, Patience, Ct);

        using var queries = new JournalQueries(host.Database.AdminConnectionString);
        var start = Stopwatch.GetTimestamp();
        await Chatty.GoAsync(member);
        var told = await Task.WhenAll(all);

        // As the tenant, the journal is read by those who catch up only; and the tail rests after each look.
        var ticks = (Stopwatch.GetElapsedTime(start).TotalMilliseconds / 50) + 1;
        Assert.Equal(0, queries.AsTenant);
        Assert.InRange(queries.OfTail, 1, (int)ticks);
        Assert.All(told.Chunk(Readers), same => Assert.All(same, one => Assert.Equal(same[0], one)));
        await Eventually.True(() => !tail.IsRunning, Patience, Ct);
    }

    [Fact]
    public async Task Whoever_joins_or_resumes_at_any_moment_sees_each_change_once_and_in_order()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var member = await host.RegisterAsync();
        var execution = await Chatty.StartAsync(member, await Chatty.PublishAsync(member, rounds: 60, delay: 10), letters: 50);
        var (follow, caller) = (host.Services.GetRequiredService<FollowExecution>(), CallerOf(member));
        var told = new ConcurrentQueue<long>();
        var moments = Enumerable.Range(0, 60).Select(number => Task.Run(() => JoinAsync(new Random(seed + number)), Ct)).ToList();

        await Chatty.GoAsync(member);
        await foreach (var update in follow.RunAsync(caller, new(execution), 0, Ct))
        {
            told.Enqueue(((LiveUpdate.Changed)update).Change.Seq);
        }

        var whole = await ReadAsync(follow.RunAsync(caller, new(execution), 0, Ct));
        Assert.True(whole.Count > 300, $"{whole.Count}");
        foreach (var (after, seen) in await Task.WhenAll(moments))
        {
            Assert.Equal(whole.Where(one => one.Seq > after), seen);
        }

        // Comes when a random number was told already, goes away and comes again, until the end.
        async Task<(long After, List<Seen> Seen)> JoinAsync(Random random)
        {
            var moment = random.Next(250);
            await Eventually.True(() => told.Count >= moment, Patience, Ct);
            var after = told.IsEmpty ? 0 : random.NextInt64(told.Last() + 1);
            var (from, seen, hasEnded) = (after, new List<Seen>(), false);
            while (!hasEnded)
            {
                var left = random.Next(1, 200);
                hasEnded = true;
                await foreach (var update in follow.RunAsync(caller, new(execution), from, Ct))
                {
                    if (update is LiveUpdate.FellBehind behind)
                    {
                        // As clients do: what was told of a later event comes again.
                        from = behind.ResumeAfter;
                        seen.RemoveAll(one => one.Seq > from);
                        hasEnded = false;
                        break;
                    }

                    var changed = (LiveUpdate.Changed)update;
                    seen.Add(Seen.Of(changed));
                    from = changed.IsLastOfEvent ? changed.Change.Seq : from;
                    if (changed.IsLastOfEvent && --left <= 0)
                    {
                        hasEnded = false;
                        break;
                    }
                }
            }

            return (after, seen);
        }
    }

    [Fact]
    public async Task A_journal_is_read_under_its_own_tenant_only()
    {
        var (member, stranger) = (await host.RegisterAsync(), await host.RegisterAsync());
        var execution = new ExecutionId(await member.StartAsync(await member.PublishAsync(Graphs.Wait.Nodes, Graphs.Wait.Connections)));
        var journals = host.Services.GetRequiredService<JournalTail>();

        Assert.NotEmpty(await journals.ReadAsync([new(new(member.Tenant), execution, 0)], Ct).ToListAsync(Ct));
        Assert.Empty(await journals.ReadAsync([new(new(stranger.Tenant), execution, 0)], Ct).ToListAsync(Ct));
        Assert.Empty(await ReadAsync(host.Services.GetRequiredService<FollowExecution>().RunAsync(CallerOf(stranger), execution, 0, Ct)));
    }

    private static Caller CallerOf(Member member) =>
        new(new(member.Id), "", new(member.Tenant), new HashSet<string> { Permission.ReadLogs }, CommunityAccess.WholeTenant);

    private static async Task<List<Seen>> ReadAsync(IAsyncEnumerable<LiveUpdate> updates, CountdownEvent? parked = null)
    {
        var seen = new List<Seen>();
        await foreach (var update in updates)
        {
            seen.Add(Seen.Of((LiveUpdate.Changed)update));
            if (seen[^1].What == "Waiting")
            {
                // Once for each reader: that they wait, all of them know from the journal.
                parked?.Signal();
                parked = null;
            }
        }

        return seen;
    }

    private sealed record Seen(long Seq, string What)
    {
        public static Seen Of(LiveUpdate.Changed update) =>
            new(
                update.Change.Seq,
                update.Change.Match(node => $"{node.Node.Id} {node.Node.Status} {node.Node.Runs}", execution => $"{execution.Status}")
            );
    }

    /// <summary>Counts queries of journals, as the driver sends them.</summary>
    private sealed class JournalQueries : IDisposable
    {
        private readonly ActivityListener _listener;
        private int _asTenant;
        private int _ofTail;

        public JournalQueries(string connection)
        {
            var database = new NpgsqlConnectionStringBuilder(connection).Database;
            _listener = new()
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity => Count(activity, database!),
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int AsTenant => _asTenant;

        public int OfTail => _ofTail;

        public void Dispose() => _listener.Dispose();

        private void Count(Activity activity, string database)
        {
            var text = $"{activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")}";
            if (
                $"{activity.GetTagItem("db.namespace") ?? activity.GetTagItem("db.name")}" != database
                || !text.Contains("from engine.journal", StringComparison.Ordinal)
            )
            {
                return;
            }

            if (text.Contains("with ordinality as w (tenant_id", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _ofTail);
            }
            else if ($"{activity.GetTagItem("db.npgsql.data_source")}" == "app")
            {
                Interlocked.Increment(ref _asTenant);
            }
        }
    }
}
