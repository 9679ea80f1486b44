using System.Text;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;
using Xunit;

namespace SaaSFlows.TestKit.Conformance;

/// <summary>What tests of both suites do.</summary>
public abstract class ExecutionStoreConformance
{
    /// <summary>Long enough that no lease runs out by itself during a test.</summary>
    protected static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    protected static readonly WorkerId Worker = new(new Guid("11111111-1111-4111-8111-111111111111"));

    protected static readonly WorkerId OtherWorker = new(new Guid("22222222-2222-4222-8222-222222222222"));

    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A store of its own for one test, or one that holds nothing claimable.</summary>
    protected abstract Task<IExecutionStoreDriver> OpenAsync();

    protected static async Task<ExecutionRef> AcceptAsync(IExecutionStoreDriver store) => await store.AcceptAsync(await store.NewTenantAsync(Ct), Ct);

    protected static async Task<ClaimedExecution> ClaimOneAsync(IExecutionStoreDriver store, WorkerId worker) =>
        Assert.Single(await store.Queue.ClaimAsync(worker, 1, Lease, Ct));

    protected static JournalEvent Completed(long seq, string body = """{"port":"output","output":{"n":1}}""") =>
        new(seq, JournalEventKind.NodeCompleted, new("node1"), "", 1, 1, 0, At.AddMicroseconds(seq), Encoding.UTF8.GetBytes(body));

    protected static JournalAppend Append(ClaimedExecution claimed, ExecutionTransition transition, params JournalEvent[] events) =>
        new(claimed.Ref.Id, claimed.Fence, claimed.HeadSeq, events, [], [], [], transition);

    protected static JournalAppend Continue(ClaimedExecution claimed, params JournalEvent[] events) =>
        Append(claimed, ExecutionTransition.Continue.Instance, events);

    protected static ExecutionTransition.End End() => new(ExecutionStatus.Completed, "{}"u8.ToArray(), null, null, null, 1);

    protected static Bookmark Timer(int number) =>
        new(new(new Guid(number, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8)), new("node1"), "timer", null, At.AddYears(100));

    protected static async Task<string[]> BodiesAsync(IExecutionStoreDriver store, ExecutionId execution) =>
        [.. (await store.Journal.ReadAsync(execution, 1, 1_000, Ct)).Select(recorded => Encoding.UTF8.GetString(recorded.Body.Span))];
}
