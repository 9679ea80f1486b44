using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.Running;

/// <summary>
/// Runs executions in a bounded number of slots: those that it claims from the queue, and those that this process has just accepted
/// (<see cref="TryReserve"/>). Keeps their leases, passes facts on to them, gives them back at shutdown.
/// </summary>
public sealed class ExecutionWorker : BackgroundService
{
    private readonly RunnerContext _context;
    private readonly ConcurrentDictionary<ExecutionId, RunnerHandle> _running = new();
    private readonly Pulse _wake = new();
    private int _free;
    private volatile bool _draining;
    private volatile bool _started;
    private volatile bool _mayHaveMore;
    private long _renewedAt;

    public ExecutionWorker(
        IJournal journal,
        IExecutionQueue queue,
        IGraphSource graphs,
        EngineLimits limits,
        WorkerOptions options,
        WorkerId worker,
        TimeProvider time,
        ICrashProbe probe,
        ILogger<ExecutionWorker> logger,
        IDroppedWaits? dropped = null)
    {
        _context = new(journal, queue, graphs, limits, options, time, probe, logger, dropped);
        _free = options.Slots;
        Id = worker;
    }

    /// <summary>The name under which this process holds leases.</summary>
    public WorkerId Id { get; }

    /// <summary>How long a lease is that <see cref="SlotReservation.RunAsync"/> expects to get.</summary>
    public TimeSpan Lease => _context.Options.Lease;

    /// <summary>Executions that run here now.</summary>
    public int Running => _running.Count;

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

    /// <summary>Takes a free slot for an execution that is about to be accepted with this worker's lease; false if there is none, or if this process runs no executions.</summary>
    public bool TryReserve([NotNullWhen(true)] out SlotReservation? reservation)
    {
        reservation = _started && !_draining && Take(1) == 1 ? new(this) : null;
        return reservation is not null;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _started = true;
        using var stopped = new CancellationTokenSource();
        var heartbeat = HeartbeatAsync(stopped.Token);
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

    internal void Release()
    {
        Interlocked.Increment(ref _free);
        if (_mayHaveMore)
        {
            _wake.Set();
        }
    }

    /// <summary>Runs, on this thread up to its first write, what is accepted by that write.</summary>
    internal Task<ExecutionTransition?> RunFirst(ClaimedExecution claimed, JournalEvent started, Func<JournalAppend, Task<bool>> accept)
    {
        var accepting = new AcceptingJournal(_context.Journal, accept);
        var handle = new RunnerHandle(claimed) { Accepting = accepting };
        Add(handle);
        handle.Completion = RunAsync(handle, [started]);
        return accepting.First;
    }

    private void Start(ClaimedExecution claimed)
    {
        var handle = new RunnerHandle(claimed);
        Add(handle);
        handle.Completion = Task.Run(() => RunAsync(handle, []), CancellationToken.None);
    }

    private void Add(RunnerHandle handle)
    {
        var claimed = handle.Claimed;
        _running.AddOrUpdate(claimed.Ref.Id, handle, (_, old) =>
        {
            // Claimed anew by the same process: the older claim is void.
            old.Drop();
            return handle;
        });
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
            Release();
        }
    }

    private async Task ClaimAsync(CancellationToken ct)
    {
        // Until a claim comes back with less than it asked for, each slot that becomes free is worth another look.
        _mayHaveMore = true;
        while (!ct.IsCancellationRequested && Take(_context.Options.ClaimBatch) is > 0 and var slots)
        {
            IReadOnlyList<ClaimedExecution> claimed = [];
            try
            {
                claimed = await _context.Queue.ClaimAsync(Id, slots, _context.Options.Lease, ct);
            }
            catch (Exception error) when (error is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                EngineLog.QueueFailed(_context.Logger, error);
            }
            catch (OperationCanceledException)
            {
                // Stopping: what was claimed in that moment is claimed again when its lease has run out.
            }

            Interlocked.Add(ref _free, slots - claimed.Count);
            foreach (var execution in claimed)
            {
                Start(execution);
            }

            if (claimed.Count < slots)
            {
                _mayHaveMore = false;
                return;
            }
        }
    }

    /// <summary>Takes up to <paramref name="wanted"/> free slots.</summary>
    private int Take(int wanted)
    {
        while (true)
        {
            var free = Volatile.Read(ref _free);
            var taken = Math.Min(free, wanted);
            if (taken <= 0 || Interlocked.CompareExchange(ref _free, free - taken, free) == free)
            {
                return Math.Max(taken, 0);
            }
        }
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
        catch (OperationCanceledException)
        {
        }
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

/// <summary>A free slot, kept for an execution that is about to be accepted. Run it or dispose of it.</summary>
public sealed class SlotReservation : IDisposable
{
    private ExecutionWorker? _worker;

    internal SlotReservation(ExecutionWorker worker) => _worker = worker;

    /// <summary>
    /// Runs an execution that nobody knows of yet. It is stored by its first write: before its first effect, when it waits, when it ends, or when it has run for a
    /// while. Answers what that write made of it, null if it was refused; later writes follow by themselves.
    /// </summary>
    /// <param name="claimed">The claim that the acceptance will make: fence and head 1.</param>
    /// <param name="started">Event 1.</param>
    /// <param name="accept">Stores the acceptance together with what ran, under the worker's lease; false if it is refused. Called once.</param>
    /// <exception cref="ObjectDisposedException">The slot was used or given back.</exception>
    public Task<ExecutionTransition?> RunAsync(ClaimedExecution claimed, JournalEvent started, Func<JournalAppend, Task<bool>> accept)
    {
        var worker = Interlocked.Exchange(ref _worker, null);
        ObjectDisposedException.ThrowIf(worker is null, this);
        return worker.RunFirst(claimed, started, accept);
    }

    /// <summary>Gives the slot back if it was not used.</summary>
    public void Dispose() => Interlocked.Exchange(ref _worker, null)?.Release();
}
