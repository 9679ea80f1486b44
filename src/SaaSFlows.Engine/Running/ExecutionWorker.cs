using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Starting;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>
/// Runs executions in a bounded number of slots: those that it claims from the queue, and those that this process is about to accept
/// (<see cref="AcceptAsync"/>). Keeps their leases, passes facts on to them, gives them back at shutdown.
/// </summary>
public sealed class ExecutionWorker : BackgroundService
{
    private readonly RunnerContext _context;
    private readonly IAcceptance _acceptance;
    private readonly ConcurrentDictionary<ExecutionId, RunnerHandle> _running = new();
    private readonly Pulse _wake = new();
    private readonly SlotLine _slots;
    private volatile bool _draining;
    private long _renewedAt;

    public ExecutionWorker(
        IJournal journal,
        IExecutionQueue queue,
        IAcceptance acceptance,
        IGraphSource graphs,
        EngineLimits limits,
        WorkerOptions options,
        WorkerId worker,
        TimeProvider time,
        ICrashProbe probe,
        ILogger<ExecutionWorker> logger,
        IDroppedWaits? dropped = null
    )
    {
        _context = new(journal, queue, graphs, limits, options, time, probe, logger, dropped);
        _acceptance = acceptance;
        _slots = new(options, time);
        Id = worker;
    }

    /// <summary>The name under which this process holds leases.</summary>
    public WorkerId Id { get; }

    /// <summary>Executions that run here now.</summary>
    public int Running => _running.Count;

    /// <summary>New executions that wait for a slot here.</summary>
    public int Waiting => _slots.Waiting;

    /// <summary>Says that the queue may hold something; cheap, callable from anywhere.</summary>
    public void WakeUp() => _wake.Set();

    /// <summary>Says that facts came in for an execution; does nothing if it does not run here.</summary>
    public void FactsArrived(ExecutionId execution)
    {
        if (_running.TryGetValue(execution, out var handle))
        {
            handle.Tell(new RunnerMessage.NewFacts());
        }
    }

    /// <summary>
    /// Starts an execution; it is on disk if the answer is that it was accepted. With a slot here, it runs first, up to what must not be lost, and is
    /// accepted by what is written then: one commit for those that end at once. Without, or if others of its workflow may have to end first, it is
    /// left to the queue. Nothing is promised while it waits for a slot.
    /// </summary>
    public async Task<FirstWrite> AcceptAsync(NewExecution execution)
    {
        var slot = execution.Concurrency is null ? await ReserveAsync(execution.Ref.Tenant, execution.Input.Length) : null;
        return slot is null ? new(await StoreAsync(execution), null) : await slot.RunAsync(execution);
    }

    /// <summary>
    /// Takes a slot for an execution that is about to be accepted with this worker's lease, and waits for it a little while where none is free: in
    /// memory, in turn between tenants. Null if there is none in time, if too many wait, or if this process runs no executions.
    /// </summary>
    /// <param name="bytes">What the caller holds in memory meanwhile.</param>
    internal async ValueTask<SlotReservation?> ReserveAsync(TenantId tenant, int bytes) =>
        await _slots.TakeAsync(tenant, bytes) ? new(this, tenant) : null;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _slots.Open();
        using var stopped = new CancellationTokenSource();
        var heartbeat = HeartbeatAsync(stopped.Token);
        await using (_context.Time.CreateTimer(_ => _slots.Expire(), null, TimeSpan.Zero, _context.Options.MaxWait / 10))
        await using (_context.Time.CreateTimer(_ => _wake.Set(), null, TimeSpan.Zero, _context.Options.Poll))
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await ClaimAsync(stoppingToken);
                await _wake.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await DrainAsync();
        await stopped.CancelAsync();
        await heartbeat;
    }

    internal void Release(TenantId tenant)
    {
        if (_slots.Release(tenant))
        {
            _wake.Set();
        }
    }

    /// <summary>Runs, on this thread up to its first write, what is accepted by that write.</summary>
    internal Task<FirstWrite> RunFirst(NewExecution execution)
    {
        var accepting = new AcceptingJournal(execution with { Lease = new(Id, _context.Options.Lease) }, _acceptance, _context);
        // The claim that the acceptance will make.
        var handle = new RunnerHandle(new(execution.Ref, execution.Version, Fence: 1, HeadSeq: 1, InboxSeq: 0)) { Accepting = accepting };
        Add(handle);
        handle.Completion = RunAsync(handle, [execution.Started]);
        return accepting.First;
    }

    private async Task<AcceptVerdict> StoreAsync(NewExecution execution)
    {
        // Whoever hangs up now has started it.
        var verdict = await _acceptance.AcceptAsync(execution, CancellationToken.None);
        if (verdict is AcceptVerdict.Accepted accepted)
        {
            _context.Probe.Reached(CrashPoint.AfterAccept);
            foreach (var older in accepted.AskedToCancel)
            {
                FactsArrived(older);
            }
        }

        return verdict;
    }

    private void Start(ClaimedExecution claimed)
    {
        // The runner reads them once; the handle lives as long as the execution runs.
        var handle = new RunnerHandle(claimed with { Known = [] });
        Add(handle);
        handle.Completion = Task.Run(() => RunAsync(handle, claimed.Known), CancellationToken.None);
    }

    private void Add(RunnerHandle handle)
    {
        var claimed = handle.Claimed;
        _running.AddOrUpdate(
            claimed.Ref.Id,
            handle,
            (_, old) =>
            {
                // Claimed anew by the same process: the older claim is void.
                old.Drop();
                return handle;
            }
        );
        EngineLog.Claimed(_context.Logger, claimed.Ref.Id, claimed.Fence);
        if (_draining)
        {
            handle.Tell(new RunnerMessage.Drain());
        }
    }

    private async Task RunAsync(RunnerHandle handle, IReadOnlyList<JournalEvent> known)
    {
        var execution = handle.Claimed.Ref;
        var context = handle.Accepting is { } accepting ? _context with { Journal = accepting } : _context;
        Exception? broken = null;
        using var named = EngineLog.Execution(_context.Logger, execution);
        try
        {
            _context.Probe.Reached(CrashPoint.AfterClaim);
            var graph = await _context.Graphs.FindAsync(execution.Tenant, handle.Claimed.Version, handle.Lost);
            if (graph is null)
            {
                await MissingGraph.EndAsync(context, handle.Claimed, handle.Lost);
                return;
            }

            using var runner = new ExecutionRunner(context, graph, handle.Claimed, handle.Messages, handle.Lost);
            handle.Runner = runner;
            var outcome = await runner.RunAsync(known);
            EngineLog.Left(_context.Logger, execution.Id, outcome);
        }
#pragma warning disable CA1031 // One execution must not take the worker with it: its lease runs out and it is tried again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            broken = error;
            EngineLog.RunnerBroke(_context.Logger, execution.Id, error);
        }
        finally
        {
            handle.Accepting?.Close(broken);
            _running.TryRemove(new(execution.Id, handle));
            Release(execution.Tenant);
        }
    }

    private async Task ClaimAsync(CancellationToken ct)
    {
        // Until a claim comes back empty, each slot that becomes free is worth another look. A short one says nothing: it saw a part of the queue,
        // and others claim too.
        while (!ct.IsCancellationRequested && _slots.TakeForClaim(_context.Options.ClaimBatch, out var full) is > 0 and var slots)
        {
            var claimed = await TryClaimAsync(slots, full, ct);
            foreach (var execution in claimed)
            {
                _slots.Claimed(execution.Ref.Tenant);
                Start(execution);
            }

            // What tenants have in it that may have no more is looked for again when one of their executions has left its slot.
            if (claimed.Count == 0 && full.Count == 0)
            {
                _slots.QueueIsEmpty();
            }

            _slots.GiveBack(slots - claimed.Count);
            if (claimed.Count == 0)
            {
                return;
            }
        }
    }

    private async Task<IReadOnlyList<ClaimedExecution>> TryClaimAsync(int slots, IReadOnlyList<TenantId> full, CancellationToken ct)
    {
        try
        {
            return await _context.Queue.ClaimAsync(Id, slots, _context.Options.Lease, full, ct);
        }
        catch (Exception error) when (error is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            EngineLog.QueueFailed(_context.Logger, error);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what was claimed in that moment is claimed again when its lease has run out.
        }

        return [];
    }

    private async Task HeartbeatAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(_context.Options.Heartbeat, _context.Time);
        _renewedAt = _context.Time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                await RenewAsync(ct);
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task RenewAsync(CancellationToken ct)
    {
        var held = _running.Values.Where(handle => handle.HasLease).ToArray();
        var startedAt = _context.Time.GetTimestamp();
        try
        {
            if (held.Length > 0)
            {
                Heed(await _context.Queue.RenewAsync(Id, [.. held.Select(handle => handle.Lease)], _context.Options.Lease, ct), held);
            }

            _renewedAt = startedAt;
        }
        catch (Exception error) when (error is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            EngineLog.QueueFailed(_context.Logger, error);
            if (_context.Time.GetElapsedTime(_renewedAt) >= _context.Options.Lease)
            {
                // Others may have them by now; the fence refuses our writes, but effects should stop too.
                EngineLog.LeasesExpired(_context.Logger, held.Length);
                Array.ForEach(held, handle => handle.Drop());
            }
        }
    }

    private static void Heed(LeaseReport report, RunnerHandle[] held)
    {
        foreach (var handle in held)
        {
            if (report.Lost.Contains(handle.Claimed.Ref.Id))
            {
                handle.Drop();
            }
            else if (report.WithNewFacts.Contains(handle.Claimed.Ref.Id))
            {
                handle.Tell(new RunnerMessage.NewFacts());
            }
        }
    }

    private async Task DrainAsync()
    {
        _draining = true;
        _slots.Close();
        if (!_running.IsEmpty)
        {
            EngineLog.Draining(_context.Logger, _running.Count);
        }

        while (_running.Values.ToArray() is { Length: > 0 } held)
        {
            Array.ForEach(held, handle => handle.Tell(new RunnerMessage.Drain()));
            await Task.WhenAll(held.Select(handle => handle.Completion));
        }
    }
}
