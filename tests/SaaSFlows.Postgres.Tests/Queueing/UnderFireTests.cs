using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Queueing;

/// <summary>The engine on PostgreSQL, while facts come in as fast as they can. A database of its own: the worker takes whatever there is.</summary>
public sealed class UnderFireTests : IAsyncLifetime
{
    private const int Facts = 200;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly PostgresFixture postgres = new();
    private readonly WaitActivity wait = new();
    private World world = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await postgres.InitializeAsync();
        world = await World.CreateAsync(postgres);
    }

    public async ValueTask DisposeAsync() => await postgres.DisposeAsync();

    [Fact]
    public async Task Two_hundred_stimuli_to_one_execution_racing_with_its_parking_all_arrive_once()
    {
        using var worker = await StartWorkerAsync(waits: Facts);
        var execution = await AcceptAsync();
        await DeliverAsync();

        await EveryoneEndedAsync(1);
        Assert.Equal(Facts, await ScalarAsync("select count(distinct token) from engine.events where kind = 6"));
        await NothingIsLeftAsync();
        Assert.Equal(4, await world.ReadAsync<short>(execution, "status"));
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task A_stimulus_to_each_of_two_hundred_executions_racing_with_their_parking_arrives_once()
    {
        using var worker = await StartWorkerAsync(waits: 1);
        var accepts = Task.WhenAll(Enumerable.Range(0, Facts).Select(_ => AcceptAsync()));
        await DeliverAsync();
        await accepts;

        await EveryoneEndedAsync(Facts);
        Assert.Equal(Facts, await ScalarAsync("select count(distinct execution_id) from engine.events where kind = 6"));
        await NothingIsLeftAsync();
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Two_hundred_waits_that_are_over_at_the_same_moment_all_go_on()
    {
        wait.Due = DateTimeOffset.UtcNow.AddSeconds(2);
        using var worker = await StartWorkerAsync(waits: 1);
        using var due = ActivatorUtilities.CreateInstance<DueBookmarksService>(postgres.Services);
        await due.StartAsync(Ct);
        await Task.WhenAll(Enumerable.Range(0, Facts).Select(_ => AcceptAsync()));

        await EveryoneEndedAsync(Facts);
        Assert.Equal(0, await ScalarAsync("select count(*) from engine.executions e join engine.bookmarks b on b.execution_id = e.id"));
        Assert.Equal(Facts, await ScalarAsync("select count(*) from engine.events where kind = 6 and body ->> 'kind' = 'due'"));
        await NothingIsLeftAsync();
        await due.StopAsync(Ct);
        await worker.StopAsync(Ct);
    }

    private async Task<ExecutionWorker> StartWorkerAsync(int waits)
    {
        var catalogue = new ActivityCatalogue([new StartActivity(), wait]);
        var nodes = Enumerable.Range(0, waits).Select(number => $"w{number}").ToList();
        var definition = JsonSerializer.SerializeToElement(
            new
            {
                nodes = nodes
                    .Select(name => (Name: name, Type: "test_wait"))
                    .Append((Name: "start", Type: "test_start"))
                    .ToDictionary(
                        node => node.Name,
                        node => new
                        {
                            node_type = node.Type,
                            label = node.Name,
                            position = new { x = 0, y = 0 },
                            config = new { },
                        }
                    ),
                connections = nodes.Select(name => new
                {
                    connection_id = name,
                    from_node_id = "start",
                    from_port_name = "output",
                    to_node_id = name,
                    to_port_name = "input",
                }),
                global_variables = new { },
            }
        );
        var graph = GraphCompiler.Compile(
            WorkflowDefinition
                .Read(definition, catalogue)
                .Match(read => read, errors => throw new InvalidOperationException(string.Join("; ", errors))),
            catalogue
        );
        var worker = new ExecutionWorker(
            world.Journal,
            world.Queue,
            world.Intake,
            new OneGraph(graph),
            EngineLimits.Default,
            new WorkerOptions { Poll = TimeSpan.FromMilliseconds(20) },
            world.Worker,
            TimeProvider.System,
            new NoProbe(),
            NullLogger<ExecutionWorker>.Instance
        );
        await worker.StartAsync(Ct);
        return worker;
    }

    private async Task<ExecutionId> AcceptAsync() =>
        await world.AcceptedAsync(
            world.Request(leased: false) with
            {
                Started = JournalBodies.Started(new("start"), JsonElement.Parse("{}"), default, default, default, World.Now()),
            }
        );

    /// <summary>
    /// Sends each wait its stimulus at the moment at which the node decides to wait: before its bookmark is stored, while it is, after.
    /// </summary>
    private Task DeliverAsync() =>
        Parallel.ForEachAsync(
            wait.Waits.Reader.ReadAllAsync(Ct).Take(Facts),
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Ct },
            async (waiting, ct) =>
                Assert.IsType<DeliverVerdict.Delivered>(
                    await world.Inbox.DeliverAsync(world.Tenant, waiting.Execution, InboxFactKind.Stimulus, waiting.Bookmark, "{}"u8.ToArray(), ct)
                )
        );

    private Task EveryoneEndedAsync(int executions) =>
        Eventually.True(async () => await ScalarAsync("select count(*) from engine.executions where status = 4") == executions, Deadline, Ct);

    private async Task NothingIsLeftAsync()
    {
        Assert.Equal(Facts, await ScalarAsync("select count(*) from engine.events where kind = 6"));
        Assert.Equal(
            0,
            await ScalarAsync(
                "select (select count(*) from engine.inbox) + (select count(*) from engine.queue) + (select count(*) from engine.bookmarks)"
            )
        );
    }

    private async Task<long> ScalarAsync(string sql) => (long)(await postgres.ScalarAsync(sql))!;

    private sealed class StartActivity : IActivity
    {
        public ActivityDescriptor Descriptor { get; } = Describe("test_start", isTrigger: true);

        public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct) =>
            new(new ActivityResult.Completed("output", context.Input));
    }

    private sealed class WaitActivity : IResumableActivity
    {
        public DateTimeOffset? Due { get; set; }

        public Channel<(ExecutionId Execution, BookmarkId Bookmark)> Waits { get; } = Channel.CreateUnbounded<(ExecutionId, BookmarkId)>();

        public ActivityDescriptor Descriptor { get; } = Describe("test_wait", isTrigger: false);

        public ValueTask<ActivityResult> ExecuteAsync(IActivityContext context, CancellationToken ct)
        {
            Waits.Writer.TryWrite((context.Execution.Id, context.NextBookmark));
            return new(new ActivityResult.Suspended("answer", null, Due));
        }

        public ActivityResult Resume(IActivityContext context, Stimulus stimulus) => new ActivityResult.Completed("output", context.Input);
    }

    private static ActivityDescriptor Describe(string type, bool isTrigger) =>
        new()
        {
            Type = type,
            Category = "test",
            DisplayName = type,
            Icon = "flag",
            Description = type,
            Inputs = isTrigger ? [] : ["input"],
            ConfigSchema = JsonElement.Parse("""{"type":"object","properties":{}}"""),
            IsTrigger = isTrigger,
            CanSuspend = !isTrigger,
        };

    private sealed class OneGraph(CompiledGraph graph) : IGraphSource
    {
        public ValueTask<CompiledGraph?> FindAsync(TenantId tenant, WorkflowVersionId version, CancellationToken ct) => new(graph);
    }

    private sealed class NoProbe : ICrashProbe
    {
        public void Reached(CrashPoint point) { }
    }
}
