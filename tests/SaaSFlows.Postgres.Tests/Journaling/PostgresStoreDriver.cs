using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit.Conformance;

namespace SaaSFlows.Postgres.Tests.Journaling;

/// <summary>What the conformance suites need, by the parts of this project.</summary>
internal sealed class PostgresStoreDriver : IExecutionStoreDriver
{
    private readonly PostgresFixture postgres;
    private readonly Dictionary<TenantId, World> worlds = [];

    private PostgresStoreDriver(PostgresFixture postgres) => this.postgres = postgres;

    public IJournal Journal => worlds.Values.First().Journal;

    public IExecutionQueue Queue => worlds.Values.First().Queue;

    public static async Task<IExecutionStoreDriver> OpenAsync(PostgresFixture postgres)
    {
        await postgres.ExecuteAsync("truncate engine.queue, engine.bookmarks, engine.inbox");
        return new PostgresStoreDriver(postgres);
    }

    public async Task<TenantId> NewTenantAsync(CancellationToken ct)
    {
        var world = await World.CreateAsync(postgres);
        worlds.Add(world.Tenant, world);
        return world.Tenant;
    }

    public async Task<ExecutionRef> AcceptAsync(TenantId tenant, CancellationToken ct)
    {
        var request = worlds[tenant].Request(leased: false);
        await worlds[tenant].AcceptedAsync(request);
        return request.Ref;
    }

    public async Task PutFactAsync(ExecutionRef execution, InboxFactKind kind, BookmarkId? bookmark, byte[] body, CancellationToken ct) =>
        await worlds[execution.Tenant].Inbox.DeliverAsync(execution.Tenant, execution.Id, kind, bookmark, body, ct);

    public async Task<IReadOnlyList<Bookmark>> BookmarksAsync(ExecutionRef execution, CancellationToken ct)
    {
        var bookmarks = new List<Bookmark>();
        await using var command = postgres.Admin.CreateCommand("select id, node_id, kind, key, due from engine.bookmarks where execution_id = $1");
        command.Parameters.Add(new() { Value = execution.Id.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            bookmarks.Add(
                new(
                    new(reader.GetGuid(0)),
                    new(reader.GetString(1)),
                    reader.GetString(2),
                    await reader.IsDBNullAsync(3, ct) ? null : reader.GetString(3),
                    await reader.IsDBNullAsync(4, ct) ? null : reader.GetFieldValue<DateTimeOffset>(4)
                )
            );
        }

        return bookmarks;
    }

    public async Task LetTimePassAsync(CancellationToken ct) =>
        await postgres.ExecuteAsync("update engine.queue set available_at = now() - interval '1 second'");
}
