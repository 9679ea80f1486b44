using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SaaSFlows.Engine.Activities;
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
        var started = JournalBodies.Started(request.Trigger, request.Input, request.Variables, default, default, clock.GetUtcNow());
        trace.Add(started);

        using var limit = new CancellationTokenSource(Longest, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var graph = Compile(request, notes);
        var context = new RunnerContext(store, store, new OneGraph(graph), limits, Options, clock, new NoCrashProbe(), logger);
        var claimed = new ClaimedExecution(request.Execution, default, Fence: 1, HeadSeq: 1, InboxSeq: 0);
        using var runner = new ExecutionRunner(context, graph, claimed, Channel.CreateUnbounded<RunnerMessage>(), stop.Token);
        var outcome = await runner.RunAsync([started]);
        ct.ThrowIfCancellationRequested();
        return trace.Report(outcome == RunOutcome.Ended
            ? null
            : new("dry_run.too_long", $"The dry run was stopped after {Longest.TotalSeconds} s of real time. The trace shows how far it came.", null));
    }

    private CompiledGraph Compile(DryRunRequest request, RunNotes notes)
    {
        var definition = request.Definition;
        var activities = definition.Nodes.Select(node => node.Type).Distinct().Select(Activity);
        // A failed try would fail in the same way each time.
        var once = definition with { Nodes = [.. definition.Nodes.Select(node => node with { Retry = new(1, "fixed", 0) })] };
        var pins = definition.Nodes.Where(node => request.Pins.ContainsKey(node.Id)).ToDictionary(node => node.Id, node => WithPort(request.Pins[node.Id], node));
        return GraphCompiler.Compile(once, new(activities.Select(activity => new DryActivity(activity, pins, notes))));
    }

    private PinnedOutput WithPort(PinnedOutput pin, NodeDefinition node)
        => pin with { Port = pin.Port ?? PinnedOutput.MainPort(Activity(node.Type).Descriptor, node.Config) };

    private IActivity Activity(string type) => catalogue.TryFind(type, out var activity) ? activity : throw new ArgumentException($"Unknown node_type '{type}'.", nameof(type));

    private sealed class OneGraph(CompiledGraph graph) : IGraphSource
    {
        public ValueTask<CompiledGraph?> FindAsync(TenantId tenant, WorkflowVersionId version, CancellationToken ct) => new(graph);
    }

    private sealed class NoCrashProbe : ICrashProbe
    {
        public void Reached(CrashPoint point)
        {
        }
    }
}
