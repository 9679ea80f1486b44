using Microsoft.Extensions.DependencyInjection;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Postgres.Queueing;
using SaaSFlows.Primitives;

namespace SaaSFlows.Postgres.Tests;

/// <summary>A tenant with a published workflow and a webhook, and what its executions are made of.</summary>
internal sealed class World
{
    private readonly PostgresFixture postgres;

    private World(PostgresFixture postgres) => this.postgres = postgres;

    public TenantId Tenant { get; } = new(Guid.CreateVersion7());

    public CommunityId Community { get; private set; }

    public EntityId Entity { get; private set; }

    public WorkflowId Workflow { get; } = new(Guid.CreateVersion7());

    public WorkflowVersionId Version { get; } = new(Guid.CreateVersion7());

    public WebhookId Webhook { get; } = new(Guid.CreateVersion7());

    public WorkerId Worker { get; } = new(Guid.CreateVersion7());

    public Intake Intake => postgres.Services.GetRequiredService<Intake>();

    public Inbox Inbox => postgres.Services.GetRequiredService<Inbox>();

    public IJournal Journal => postgres.Services.GetRequiredService<IJournal>();

    public IExecutionQueue Queue => postgres.Services.GetRequiredService<IExecutionQueue>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<World> CreateAsync(PostgresFixture postgres)
    {
        var world = new World(postgres);
        await postgres.ExecuteAsync(
            "insert into accounts.tenants (tenant_id, slug, name) values ($1, 'w' || left(md5($1::text), 20), 'A tenant')",
            world.Tenant.Value
        );
        world.Community = new(
            (long)
                (
                    await postgres.ScalarAsync(
                        "insert into accounts.communities (tenant_id, name) values ($1, 'A community') returning id",
                        world.Tenant.Value
                    )
                )!
        );
        world.Entity = new(
            (long)
                (
                    await postgres.ScalarAsync(
                        "insert into accounts.entities (tenant_id, community_id, name, kind) values ($1, $2, 'A chat', 'web_chat') returning id",
                        world.Tenant.Value,
                        world.Community.Value
                    )
                )!
        );
        await postgres.ExecuteAsync(
            """
            insert into automation.workflows (id, tenant_id, community_id, entity_id, key, name, status, draft, published_version_id, created_at,
            updated_at)
            values ($1, $2, $3, $4, 'w', 'W', 'active', '', $5, now(), now())
            """,
            world.Workflow.Value,
            world.Tenant.Value,
            world.Community.Value,
            world.Entity.Value,
            world.Version.Value
        );
        await postgres.ExecuteAsync(
            """
            insert into automation.webhooks (id, tenant_id, community_id, workflow_id, node_id, name, token_hash, sealed_token, created_at)
            values ($1, $2, $3, $4, 'start', 'H', uuid_send($1), '', now())
            """,
            world.Webhook.Value,
            world.Tenant.Value,
            world.Community.Value,
            world.Workflow.Value
        );
        return world;
    }

    public static JournalEvent Event(long seq, JournalEventKind kind = JournalEventKind.NodeCompleted) =>
        new(seq, kind, new NodeId("node"), "", 1, 1, 0, Now(), "{\"a\":1}"u8.ToArray());

    /// <summary>PostgreSQL keeps microseconds.</summary>
    public static DateTimeOffset Now()
    {
        var now = DateTimeOffset.UtcNow;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    public static JournalAppend Append(
        ExecutionId execution,
        long fence,
        long baseSeq,
        ExecutionTransition transition,
        params IReadOnlyList<JournalEvent> events
    ) => new(execution, fence, baseSeq, events, [], [], [], transition);

    public static Bookmark Timer(DateTimeOffset? due, string? key = null) => new(new(Guid.CreateVersion7()), new("wait"), "timer", key, due);

    public NewExecution Request(EventKey? key = null, bool leased = true, WebhookId? webhook = null) =>
        new(
            new ExecutionRef(new(Guid.CreateVersion7()), Tenant, Community, Entity, Workflow),
            Version,
            1,
            "manual",
            new("start"),
            webhook,
            null,
            "{}"u8.ToArray(),
            default,
            Event(1, JournalEventKind.ExecutionStarted),
            key,
            leased ? new AcceptLease(Worker, TimeSpan.FromMinutes(5)) : null
        );

    /// <summary>An execution that this world's worker runs under fence 1.</summary>
    public async Task<ExecutionId> RunningAsync() => await AcceptedAsync(Request());

    /// <summary>An execution that waits at one bookmark, nobody has it; its fence is 1, its last event number 2.</summary>
    public async Task<(ExecutionId Execution, Bookmark Bookmark)> ParkedAsync(DateTimeOffset? due = null)
    {
        var execution = await RunningAsync();
        var bookmark = Timer(due);
        Assert.Equal(
            AppendVerdict.Written,
            await AppendAsync(
                Append(execution, 1, 1, new ExecutionTransition.Park(0), Event(2, JournalEventKind.NodeSuspended)) with
                {
                    NewBookmarks = [bookmark],
                }
            )
        );
        return (execution, bookmark);
    }

    public async Task<ExecutionId> AcceptedAsync(NewExecution request)
    {
        Assert.IsType<AcceptVerdict.Accepted>(await Intake.AcceptAsync(request, Ct));
        return request.Ref.Id;
    }

    public async Task<AppendVerdict> AppendAsync(JournalAppend append) => await Journal.AppendAsync(append, Ct);

    public async Task<T> ReadAsync<T>(ExecutionId execution, string column) =>
        (T)(await postgres.ScalarAsync($"select {column} from engine.executions where id = $1", execution.Value))!;

    public async Task<long> CountAsync(string table, ExecutionId execution) =>
        (long)(await postgres.ScalarAsync($"select count(*) from engine.{table} where execution_id = $1", execution.Value))!;
}
