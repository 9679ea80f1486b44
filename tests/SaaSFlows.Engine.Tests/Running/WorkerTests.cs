using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit;

namespace SaaSFlows.Engine.Tests.Running;

public sealed class WorkerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private static readonly TenantId Tenant = new(new Guid(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_runs_what_it_is_woken_for_without_waiting_for_its_poll()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect());
        using var worker = bench.NewWorker();
        await worker.StartAsync(Ct);
        var execution = bench.Accept();

        worker.WakeUp();

        await EndedAsync(bench, execution);
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task A_reserved_slot_runs_what_was_just_accepted()
    {
        var bench = new EngineBench(new WorkerOptions { Slots = 1, MaxWaiting = 0 });
        bench.Compile(Graphs.OneEffect("""{"wait_for":"gate"}"""));
        using var worker = bench.NewWorker();
        await worker.StartAsync(Ct);
        var reservation = await ReserveAsync(worker);
        Assert.Null(await worker.ReserveAsync(Tenant, 0));
        var execution = bench.NewRef() with { Tenant = Tenant };
        var started = JournalBodies.Started(new("start"), default, default, default, default, bench.Time.GetUtcNow());

        var first = await reservation.RunAsync(
            new NewExecution(execution, new(Guid.Empty), 1, "manual", new("start"), null, null, default, default, started, null, Lease: null)
        );
        Assert.Equal(new AcceptVerdict.Accepted(1), first.Verdict);
        Assert.IsType<ExecutionTransition.Continue>(first.Transition);
        await CalledAsync(bench, 1);
        Assert.Null(await worker.ReserveAsync(Tenant, 0));
        bench.Effect.Gate("gate").SetResult();

        await EndedAsync(bench, execution.Id);
        (await ReserveAsync(worker)).Dispose();
        (await ReserveAsync(worker)).Dispose();
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Without_a_free_slot_a_new_execution_waits_in_memory_for_the_next()
    {
        var bench = new EngineBench(new WorkerOptions { Slots = 1 });
        bench.Compile(Graphs.OneEffect("""{"wait_for":"gate"}"""));
        using var worker = bench.NewWorker();
        var execution = bench.Accept();
        await worker.StartAsync(Ct);
        await CalledAsync(bench, 1);
        var waiting = worker.ReserveAsync(Tenant, 0).AsTask();
        await Eventually.True(() => worker.Waiting == 1, Deadline, Ct);

        bench.Effect.Gate("gate").SetResult();

        await EndedAsync(bench, execution);
        (await waiting)!.Dispose();
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task More_executions_than_slots_all_end()
    {
        var bench = new EngineBench(new WorkerOptions { Slots = 3, ClaimBatch = 2 });
        bench.Compile(Graphs.OneEffect());
        var executions = Enumerable.Range(0, 50).Select(_ => bench.Accept()).ToList();
        using var worker = bench.NewWorker();
        await worker.StartAsync(Ct);

        foreach (var execution in executions)
        {
            await EndedAsync(bench, execution);
        }

        Assert.Equal(50, bench.Effect.Calls.Count);
        await worker.StopAsync(Ct);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancel_interrupts_a_running_effect(bool told)
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"wait_for":"never"}"""));
        using var worker = bench.NewWorker();
        var execution = bench.Accept();
        await worker.StartAsync(Ct);
        await CalledAsync(bench, 1);

        bench.Store.PutFact(execution, InboxFactKind.Cancel, null, JournalBodies.Cancel("Ann", null));
        if (told)
        {
            worker.FactsArrived(execution);
        }
        else
        {
            bench.Time.Advance(bench.Options.Heartbeat);
        }

        await EndedAsync(bench, execution);
        Assert.Equal(ExecutionStatus.Cancelled, bench.Store.EndOf(execution)!.Status);
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task A_lost_lease_drops_the_runner_at_the_next_heartbeat()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"wait_for":"never"}"""));
        using var worker = bench.NewWorker();
        var execution = bench.Accept();
        await worker.StartAsync(Ct);
        await CalledAsync(bench, 1);
        bench.Store.ExpireLease(execution);
        Assert.Single(await bench.Store.ClaimAsync(new(Guid.Empty), 1, bench.Options.Lease, Ct));
        var stored = bench.Store.Journal(execution).Count;

        bench.Time.Advance(bench.Options.Heartbeat);

        await Eventually.True(() => worker.Running == 0, Deadline, Ct);
        Assert.Equal(stored, bench.Store.Journal(execution).Count);
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task A_held_lease_outlasts_its_time()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"wait_for":"gate"}""", """, "timeout_seconds": 1000"""));
        using var worker = bench.NewWorker();
        var execution = bench.Accept();
        await worker.StartAsync(Ct);
        await CalledAsync(bench, 1);

        for (var i = 0; i < 3 * bench.Options.Lease / bench.Options.Heartbeat; i++)
        {
            bench.Time.Advance(bench.Options.Heartbeat);
            await Eventually.True(() => bench.Store.LeaseEnd(execution) == bench.Time.GetUtcNow() + bench.Options.Lease, Deadline, Ct);
        }

        Assert.Empty(await bench.Store.ClaimAsync(new(Guid.Empty), 1, bench.Options.Lease, Ct));
        bench.Effect.Gate("gate").SetResult();
        await EndedAsync(bench, execution);
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task Shutdown_gives_back_what_does_not_end_in_time()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"wait_for":"gate"}""", """, "timeout_seconds": 1000"""));
        using var worker = bench.NewWorker();
        var execution = bench.Accept();
        await worker.StartAsync(Ct);
        await CalledAsync(bench, 1);

        var stop = worker.StopAsync(Ct);
        await Eventually.True(
            () =>
            {
                bench.Time.Advance(bench.Options.ShutdownGrace);
                return stop.IsCompleted;
            },
            Deadline,
            Ct
        );

        Assert.Null(bench.Store.EndOf(execution));
        bench.Effect.Gate("gate").SetResult();
        Assert.True(await bench.RunOnceAsync(Ct), "It was not given back.");
        Assert.Equal([1, 2], bench.Effect.Calls.Select(call => call.Attempt));
        Assert.NotNull(bench.Store.EndOf(execution));
    }

    [Fact]
    public async Task Shutdown_lets_a_short_effect_end()
    {
        var bench = new EngineBench();
        bench.Compile(Graphs.OneEffect("""{"wait_for":"gate"}"""));
        using var worker = bench.NewWorker();
        var execution = bench.Accept();
        await worker.StartAsync(Ct);
        await CalledAsync(bench, 1);

        var stop = worker.StopAsync(Ct);
        bench.Effect.Gate("gate").SetResult();
        await stop;

        Assert.NotNull(bench.Store.EndOf(execution));
        Assert.Null(await worker.ReserveAsync(Tenant, 0));
    }

    [Fact]
    public async Task A_crashed_runner_leaves_the_worker_standing()
    {
        var bench = new EngineBench { CrashAt = CrashPoint.AfterClaim };
        bench.Compile(Graphs.OneEffect());
        using var worker = bench.NewWorker();
        var execution = bench.Accept();
        await worker.StartAsync(Ct);
        await Eventually.True(() => worker.Running == 0 && bench.CrashAfter < 0, Deadline, Ct);
        Assert.Null(bench.Store.EndOf(execution));

        bench.CrashAt = null;
        bench.Store.ExpireLease(execution);
        worker.WakeUp();

        await EndedAsync(bench, execution);
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task An_unknown_version_fails_the_execution()
    {
        var bench = new EngineBench();
        using var worker = bench.NewWorker();
        var execution = bench.Accept();
        await worker.StartAsync(Ct);

        await EndedAsync(bench, execution);
        Assert.Equal("execution.unknown_version", bench.Store.EndOf(execution)!.ErrorCode);
        await worker.StopAsync(Ct);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Assert.Empty(new WorkerOptions().Problems());
        Assert.NotEmpty(new WorkerOptions { Heartbeat = TimeSpan.FromSeconds(11) }.Problems());
        Assert.NotEmpty(new WorkerOptions { Slots = 0 }.Problems());
    }

    private static async Task<SlotReservation> ReserveAsync(ExecutionWorker worker)
    {
        SlotReservation? reservation = null;
        await Eventually.True(async () => (reservation = await worker.ReserveAsync(Tenant, 0)) is not null, Deadline, Ct);
        return reservation!;
    }

    private static Task CalledAsync(EngineBench bench, int times) => Eventually.True(() => bench.Effect.Calls.Count >= times, Deadline, Ct);

    private static Task EndedAsync(EngineBench bench, SaaSFlows.Primitives.ExecutionId execution) =>
        Eventually.True(() => bench.Store.EndOf(execution) is not null, Deadline, Ct);
}
