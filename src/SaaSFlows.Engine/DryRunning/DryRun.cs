using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Primitives;

namespace SaaSFlows.Engine.DryRunning;

/// <summary>
/// Runs a graph without touching anything. It is the runner of real executions; the store, the clock and the activities around it are not real
/// (<c>docs/dry-run.md</c>), so the rules cannot differ.
/// </summary>
public sealed class DryRun(ActivityCatalogue catalogue, EngineLimits limits, TimeProvider time, ILogger<DryRun> logger)
{
    /// <summary>Real time that one dry run may take.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    // One effect at a time: side by side, the order of results would be up to chance.
    private static readonly WorkerOptions Options = new() { EffectsPerExecution = 1 };

    /// <summary>Runs to the end, or until a limit stops it; both are reports.</summary>
    /// <exception cref="OperationCanceledException">Nobody wants to know any more.</exception>
    public async Task<DryRunReport> RunAsync(DryRunRequest request, CancellationToken ct)
    {
        var notes = new RunNotes();
        var trace = new DryTrace(request.Execution.Id, request.Definition, notes);
        var clock = new DryClock(time);
        var store = new DryStore(trace, notes, clock);
        var graph = Compile(request, notes);
        // The real environment is not read. What can't be made without it keeps its template.
        var variables = graph.Environment.TryGive(default, request.Variables, out var given, out _) ? given : request.Variables;
        var started = JournalBodies.Started(request.Trigger, request.Input, variables, default, default, clock.GetUtcNow(), request.Place);
        trace.Add(started);

        using var limit = new CancellationTokenSource(Longest, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var context = new RunnerContext(store, store, new OneGraph(graph), limits, Options, clock, new NoCrashProbe(), logger);
        var claimed = new ClaimedExecution(request.Execution, default, Fence: 1, HeadSeq: 1, InboxSeq: 0);
        using var runner = new ExecutionRunner(context, graph, claimed, new Mailbox(), stop.Token);
        var outcome = await runner.RunAsync([started]);
        ct.ThrowIfCancellationRequested();
        return trace.Report(
            outcome == RunOutcome.Ended
                ? null
                : new(
                    "dry_run.too_long",
                    $"The dry run was stopped after {Longest.TotalSeconds} s of real time. The trace shows how far it came.",
                    null
                )
        );
    }

    private CompiledGraph Compile(DryRunRequest request, RunNotes notes)
    {
        var definition = request.Definition;
        var configs = definition.Nodes.ToDictionary(node => node.Id, node => node.Config);
        var activities = definition
            .Nodes.Select(node => node.Type)
            .Distinct()
            .Select(type =>
                catalogue.TryFind(type, out var activity)
                    ? new DryActivity(activity, configs, request.Pins, request.Known, notes)
                    : throw new ArgumentException($"Unknown node_type '{type}'.", nameof(request))
            );
        // A failed try would fail in the same way each time.
        var once = definition with
        {
            Nodes = [.. definition.Nodes.Select(node => node with { Retry = new(1, "fixed", 0) })],
        };
        return GraphCompiler.Compile(once, new(activities));
    }

    private sealed class OneGraph(CompiledGraph graph) : IGraphSource
    {
        public ValueTask<CompiledGraph?> FindAsync(TenantId tenant, WorkflowVersionId version, CancellationToken ct) => new(graph);
    }

    private sealed class NoCrashProbe : ICrashProbe
    {
        public void Reached(CrashPoint point) { }
    }
}
