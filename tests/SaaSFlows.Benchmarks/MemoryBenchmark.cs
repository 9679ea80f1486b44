using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.Activities;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Primitives;

namespace SaaSFlows.Benchmarks;

/// <summary>Pure activities through the real runner, on one core, with a journal that keeps nothing for longer than a round.</summary>
internal static class MemoryBenchmark
{
    private const int Chain = 100;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            Process.GetCurrentProcess().ProcessorAffinity = 1;
        }

        await MeasureAsync("webhook → set → if → set → end", "hook", 5, Workload.Nodes(null), Workload.Connections);
        await MeasureAsync($"{Chain} constant set nodes in a row", "hook", Chain + 1, ChainNodes("NUMBER"), ChainConnections());
        await MeasureAsync(
            $"{Chain} set nodes with an expression in a row",
            "hook",
            Chain + 1,
            ChainNodes("\"{{NUMBER + payload.amount}}\""),
            ChainConnections()
        );
        await HoldAsync();
        return 0;
    }

    /// <summary>What a long loop holds while it runs.</summary>
    private static async Task HoldAsync()
    {
        const int Items = 10_000;
        const string Node =
            """{ "node_type": "data_variable_set", "label": "s", "config": { "variables": { "x": "{{loop.item}}" }, "scope": "local" } }""";
        var items = string.Join(',', Enumerable.Range(0, Items));
        var bench = new Bench(
            "hook",
            $$"""
            {"hook":{"node_type":"trigger_manual","label":"h"},"each":{"node_type":"loop_foreach","label":"e",
            "config":{"array_variable":[{{items}}]} },"a":{{Node}},"b":{{Node}},"c":{{Node}} }
            """,
            """
            [{"from_node_id":"hook","to_node_id":"each"},{"from_node_id":"each","from_port_name":"loop","to_node_id":"a"},
            {"from_node_id":"a","to_node_id":"b"},{"from_node_id":"b","to_node_id":"c"}]
            """
        );
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        await bench.RunOneAsync(new Forgetful { Appending = () => most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true)) });
        Conditions.Say((FormattableString)$"{Items:N0} items through 3 nodes: at most {(most - before) / 1024:N0} KiB held at a write");
    }

    private static async Task MeasureAsync(string name, string trigger, int activities, string nodes, string connections)
    {
        var bench = new Bench(trigger, nodes, connections);
        await bench.RunAsync(TimeSpan.FromSeconds(3));
        var best = (Rate: 0.0, Bytes: 0.0);
        for (var round = 0; round < 3; round++)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            var executions = await bench.RunAsync(Long);
            var rate = executions * activities / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)(executions * activities);
            best = rate > best.Rate ? (rate, bytes) : best;
        }

        Conditions.Say((FormattableString)$"{name}: {best.Rate:N0} activities/s, {best.Bytes:N0} bytes each (load {Conditions.Load()})");
    }

    private static string ChainNodes(string value)
    {
        const string Hook = """ "hook": { "node_type": "trigger_webhook", "label": "h", "position": { "x": 0, "y": 0 }, "config": {} } """;
        const string Set = """
            "sNUMBER": { "node_type": "data_variable_set", "label": "s", "position": { "x": 0, "y": 0 }, "config": { "variables": { "x": VALUE } } }
            """;
        return "{"
            + string.Join(
                ',',
                Numbers()
                    .Select(number => Set.Replace("VALUE", value, StringComparison.Ordinal).Replace("NUMBER", number, StringComparison.Ordinal))
                    .Prepend(Hook)
            )
            + "}";
    }

    private static string ChainConnections()
    {
        const string Line =
            """{ "connection_id": "NUMBER", "from_node_id": "FROM", "from_port_name": "output", "to_node_id": "sNUMBER", "to_port_name": "input" }""";
        return "["
            + string.Join(
                ',',
                Numbers()
                    .Select(
                        (number, i) =>
                            Line.Replace("NUMBER", number, StringComparison.Ordinal)
                                .Replace("FROM", i == 0 ? "hook" : $"s{i - 1}", StringComparison.Ordinal)
                    )
            )
            + "]";
    }

    private static IEnumerable<string> Numbers() => Enumerable.Range(0, Chain).Select(number => number.ToString(CultureInfo.InvariantCulture));

    private sealed class Bench : IGraphSource
    {
        private const int Round = 500;

        // Pure nodes never ask for the ports that others are made with.
        private static readonly IActivity[] _activities =
        [
            .. new ServiceCollection()
                .AddBuiltInActivities()
                .Select(service => service.ImplementationType!)
                .Select(type => (IActivity)Activator.CreateInstance(type, new object?[type.GetConstructors()[0].GetParameters().Length])!),
        ];

        private readonly CompiledGraph _graph;
        private readonly NodeId _trigger;
        private readonly JsonElement _input = JsonElement.Parse("{\"payload\":" + Workload.Body + ",\"headers\":{},\"query\":{}}");

        public Bench(string trigger, string nodes, string connections)
        {
            _trigger = new(trigger);
            var catalogue = new ActivityCatalogue(_activities);
            var definition = WorkflowDefinition
                .Read(JsonElement.Parse("{\"nodes\":" + nodes + ",\"connections\":" + connections + ",\"global_variables\":{}}"), catalogue)
                .Match(read => read, errors => throw new InvalidOperationException(string.Join("; ", errors)));
            _graph = GraphCompiler.Compile(definition, catalogue);
        }

        public ValueTask<CompiledGraph?> FindAsync(TenantId tenant, WorkflowVersionId version, CancellationToken ct) => new(_graph);

        public async Task<long> RunAsync(TimeSpan time)
        {
            var start = Stopwatch.GetTimestamp();
            long done = 0;
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                await RoundAsync();
                done += Round;
            }

            return done;
        }

        public async Task RunOneAsync(Forgetful store)
        {
            var clock = TimeProvider.System;
            var context = new RunnerContext(store, store, this, EngineLimits.Default, new WorkerOptions(), clock, new NoProbe(), NullLogger.Instance);
            var last = new ExecutionRef(new(Guid.CreateVersion7()), new(Guid.Empty), new(1), new(1), new(Guid.Empty));
            var started = JournalBodies.Started(_trigger, _input, default, default, default, clock.GetUtcNow());
            var claimed = new ClaimedExecution(last, new(Guid.Empty), 1, 1, 0);
            using var runner = new ExecutionRunner(context, _graph, claimed, new Mailbox(), CancellationToken.None);
            await runner.RunAsync([started]);
        }

        private async Task RoundAsync()
        {
            var store = new Forgetful();
            for (var i = 0; i < Round; i++)
            {
                await RunOneAsync(store);
            }

            if (store.Completed != Round)
            {
                throw new InvalidOperationException($"Of {Round} executions {store.Completed} completed.");
            }
        }
    }

    /// <summary>A store that writes nothing down: what is measured is the engine.</summary>
    private sealed class Forgetful : IJournal, IExecutionQueue
    {
        public int Completed { get; private set; }

        public Action? Appending { get; init; }

        public ValueTask<AppendVerdict> AppendAsync(JournalAppend append, CancellationToken ct)
        {
            Appending?.Invoke();
            Completed += append.Transition is ExecutionTransition.End { Status: ExecutionStatus.Completed } ? 1 : 0;
            return new(AppendVerdict.Written);
        }

        public ValueTask<IReadOnlyList<JournalEvent>> ReadAsync(ExecutionId execution, long afterSeq, int max, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<ClaimedExecution>> ClaimAsync(
            WorkerId worker,
            int max,
            TimeSpan lease,
            IReadOnlyList<TenantId> full,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public ValueTask<LeaseReport> RenewAsync(WorkerId worker, IReadOnlyList<HeldLease> held, TimeSpan lease, CancellationToken ct) =>
            throw new NotSupportedException();

        public ValueTask<IReadOnlyList<InboxFact>> ReadInboxAsync(ExecutionId execution, CancellationToken ct) => new([]);
    }

    private sealed class NoProbe : ICrashProbe
    {
        public void Reached(CrashPoint point) { }
    }
}
