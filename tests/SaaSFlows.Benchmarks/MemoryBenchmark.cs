using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.Activities;
using SaaSFlows.Engine;
using SaaSFlows.Engine.Activities;
using SaaSFlows.Engine.Graphs;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Engine.Running;
using SaaSFlows.Primitives;
using SaaSFlows.TestKit.Engine;

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
        await MeasureAsync($"{Chain} set nodes in a row", "hook", Chain + 1, ChainNodes(), ChainConnections());
        return 0;
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

    private static string ChainNodes()
    {
        const string Hook = """ "hook": { "node_type": "trigger_webhook", "label": "h", "position": { "x": 0, "y": 0 }, "config": {} } """;
        const string Set = """
            "sNUMBER": { "node_type": "data_variable_set", "label": "s", "position": { "x": 0, "y": 0 }, "config": { "variables": { "x": "{{NUMBER + payload.amount}}" } } }
            """;
        return "{" + string.Join(',', Numbers().Select(number => Set.Replace("NUMBER", number, StringComparison.Ordinal)).Prepend(Hook)) + "}";
    }

    private static string ChainConnections()
    {
        const string Line = """{ "connection_id": "NUMBER", "from_node_id": "FROM", "from_port_name": "output", "to_node_id": "sNUMBER", "to_port_name": "input" }""";
        return "[" + string.Join(',', Numbers().Select((number, i) => Line
            .Replace("NUMBER", number, StringComparison.Ordinal)
            .Replace("FROM", i == 0 ? "hook" : $"s{i - 1}", StringComparison.Ordinal))) + "]";
    }

    private static IEnumerable<string> Numbers() => Enumerable.Range(0, Chain).Select(number => number.ToString(CultureInfo.InvariantCulture));

    private sealed class Bench : IGraphSource
    {
        private const int Round = 500;

        private static readonly IActivity[] _activities =
        [
            .. new ServiceCollection().AddBuiltInActivities()
                .Select(service => service.ImplementationType!)
                .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
                .Select(type => (IActivity)Activator.CreateInstance(type)!),
        ];

        private readonly CompiledGraph _graph;
        private readonly NodeId _trigger;
        private readonly JsonElement _input = JsonElement.Parse("{\"payload\":" + Workload.Body + ",\"headers\":{},\"query\":{}}");

        public Bench(string trigger, string nodes, string connections)
        {
            _trigger = new(trigger);
            var catalogue = new ActivityCatalogue(_activities);
            var definition = WorkflowDefinition.Read(JsonElement.Parse("{\"nodes\":" + nodes + ",\"connections\":" + connections + ",\"global_variables\":{}}"), catalogue)
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

        private async Task RoundAsync()
        {
            var clock = TimeProvider.System;
            var store = new InMemoryStore(clock);
            var context = new RunnerContext(store, store, this, EngineLimits.Default, new WorkerOptions(), clock, new NoProbe(), NullLogger.Instance);
            ExecutionRef? last = null;
            for (var i = 0; i < Round; i++)
            {
                last = new(new(Guid.CreateVersion7()), new(Guid.Empty), new(1), new(1), new(Guid.Empty));
                var started = JournalBodies.Started(_trigger, _input, default, default, default, clock.GetUtcNow());
                var claimed = store.AcceptAndClaim(last, new(Guid.Empty), started, new(Guid.Empty), TimeSpan.FromMinutes(1));
                using var runner = new ExecutionRunner(context, _graph, claimed, Channel.CreateUnbounded<RunnerMessage>(), CancellationToken.None);
                await runner.RunAsync([started]);
            }

            if (store.EndOf(last!.Id) is not { Status: ExecutionStatus.Completed } end)
            {
                throw new InvalidOperationException($"The workload did not complete: {store.EndOf(last.Id)}");
            }
        }
    }

    private sealed class NoProbe : ICrashProbe
    {
        public void Reached(CrashPoint point)
        {
        }
    }
}
