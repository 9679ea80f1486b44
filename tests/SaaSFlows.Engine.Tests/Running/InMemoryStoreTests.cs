using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;
using SaaSFlows.TestKit.Conformance;
using SaaSFlows.TestKit.Engine;

namespace SaaSFlows.Engine.Tests.Running;

public sealed class InMemoryJournalTests : JournalConformance
{
    protected override Task<IExecutionStoreDriver> OpenAsync() => Task.FromResult<IExecutionStoreDriver>(new InMemoryStoreDriver());
}

public sealed class InMemoryQueueTests : ExecutionQueueConformance
{
    protected override Task<IExecutionStoreDriver> OpenAsync() => Task.FromResult<IExecutionStoreDriver>(new InMemoryStoreDriver());
}

internal sealed class InMemoryStoreDriver : IExecutionStoreDriver
{
    private readonly ManualTimeProvider _time = new();
    private readonly InMemoryStore _store;
    private int _ids;

    public InMemoryStoreDriver() => _store = new(_time);

    public IJournal Journal => _store;

    public IExecutionQueue Queue => _store;

    public Task<TenantId> NewTenantAsync(CancellationToken ct) => Task.FromResult(new TenantId(EngineBench.NewId(++_ids).Value));

    public Task<ExecutionRef> AcceptAsync(TenantId tenant, CancellationToken ct)
    {
        var execution = new ExecutionRef(EngineBench.NewId(++_ids), tenant, new(1), new(1), new(Guid.Empty));
        _store.Accept(execution, new(Guid.Empty), JournalBodies.Started(new("start"), default, default, default, default, _time.GetUtcNow()));
        return Task.FromResult(execution);
    }

    public Task PutFactAsync(ExecutionRef execution, InboxFactKind kind, BookmarkId? bookmark, byte[] body, CancellationToken ct)
    {
        _store.PutFact(execution.Id, kind, bookmark, body);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Bookmark>> BookmarksAsync(ExecutionRef execution, CancellationToken ct) =>
        Task.FromResult(_store.Bookmarks(execution.Id));

    public Task LetTimePassAsync(CancellationToken ct)
    {
        _time.Advance(TimeSpan.FromHours(1));
        return Task.CompletedTask;
    }
}
