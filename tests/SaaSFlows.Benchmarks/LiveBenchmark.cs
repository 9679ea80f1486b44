using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace SaaSFlows.Benchmarks;

/// <summary>A hundred executions that go on at leisure, each followed by ten readers over server-sent events.</summary>
internal static class LiveBenchmark
{
    private const string Database = "bench_live";
    private const int Executions = 100;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly HttpClient Nobody = new();

    // Of a round: suspended, reached by its time, completed.
    private const int EventsPerRound = 3;

    /// <param name="args">Seconds (60), readers (1,000), journal events a second in all (100).</param>
    public static async Task<int> RunAsync(int[] args)
    {
        var (seconds, readers, rate) = (
            args.ElementAtOrDefault(0) is > 0 and var s ? s : 60,
            args.ElementAtOrDefault(1) is > 0 and var n ? n : 1_000,
            args.ElementAtOrDefault(2) is > 0 and var r ? r : 100
        );
        await using var server = await BenchServer.StartAsync();
        await server.RecreateAsync(Database);
        using var host = await BenchHost.StartAsync(server.Admin(Database));
        var place = await host.RegisterAsync();
        var executions = await StartAsync(host, place, TimeSpan.FromSeconds((double)EventsPerRound * Executions / rate), seconds);
        var before = host.Resident;
        using var stop = new CancellationTokenSource();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue })
        {
            BaseAddress = host.Http.BaseAddress,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.Authorization = host.Http.DefaultRequestHeaders.Authorization;
        var all = Enumerable.Range(0, readers).Select(i => new Reader(client, executions[i % Executions])).ToList();
        var reading = all.Select(reader => reader.RunAsync(stop.Token)).ToList();
        await Task.WhenAll(all.Select(reader => reader.Opened));
        await Task.Delay(WarmUp);

        var (hostCpu, serverCpu, queries, events) = (
            BenchServer.Cpu(host.Id),
            await server.CpuAsync(),
            await QueriesAsync(host),
            await EventsAsync(server)
        );
        all.ForEach(reader => reader.Begin());
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var lags = all.SelectMany(reader => reader.End()).Order().ToArray();
        var time = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var stored = await EventsAsync(server) - events;
        var asked = await QueriesAsync(host) - queries;
        var (hostShare, serverShare) = (
            (BenchServer.Cpu(host.Id) - hostCpu).TotalSeconds / time,
            ((await server.CpuAsync()) - serverCpu).TotalSeconds / time
        );
        var broken = all.Count(reader => reader.IsBroken);
        await stop.CancelAsync();
        await Task.WhenAll(reading);

        Conditions.Say(
            (FormattableString)$"{readers:N0} readers of {Executions} executions, {time:N0} s, load {Conditions.Load()}; broken streams {broken}"
        );
        Conditions.Say((FormattableString)$"journal: {stored / time:N1} events/s stored; delivered {lags.Length / time:N0} changes/s");
        if (lags.Length > 0)
        {
            Conditions.Say(
                (FormattableString)
                    $"lag from the event's time to the reader: p50 {lags[lags.Length / 2]:N0} ms, p99 {lags[lags.Length * 99 / 100]:N0} ms, most "
                    + $"{lags[^1]:N0} ms"
            );
        }

        Conditions.Say(
            (FormattableString)
                $"Host: {hostShare * 100:N0} % of a core, resident {before >> 20} MB before the readers, {host.Resident >> 20} MB with them, "
                + $"{host.Peak >> 20} MB at most; PostgreSQL {serverShare * 100:N0} % of a core"
        );
        Conditions.Say((FormattableString)$"queries of the tail: {asked / time:N1} a second");
        return 0;
    }

    private static async Task<string[]> StartAsync(BenchHost host, (long Community, long Entity) place, TimeSpan pause, int seconds)
    {
        var rounds = (int)((seconds + 600) / pause.TotalSeconds) + 1;
        var created = await host.PostAsync(
            "/api/v1/workflows",
            new
            {
                name = "Bench live",
                entity_id = place.Entity,
                community_id = place.Community,
                nodes = JsonElement.Parse(
                    $$"""
                    {
                      "start": { "node_type": "trigger_manual", "label": "Start", "position": { "x": 0, "y": 0 }, "config": {} },
                      "each": { "node_type": "loop_foreach", "label": "Each", "position": { "x": 0, "y": 0 },
                      "config": { "array_variable": [{{string.Join(
                        ',',
                        Enumerable.Range(0, rounds)
                    )}}] } },
                      "rest": { "node_type": "action_delay", "label": "Rest", "position": { "x": 0, "y": 0 }, "config": { "delay_ms": {{(int)
                        pause.TotalMilliseconds}} } },
                      "end": { "node_type": "flow_end", "label": "End", "position": { "x": 0, "y": 0 }, "config": {} }
                    }
                    """
                ),
                connections = JsonElement.Parse(
                    """
                    [
                      { "connection_id": "1", "from_node_id": "start", "from_port_name": "output", "to_node_id": "each", "to_port_name": "input" },
                      { "connection_id": "2", "from_node_id": "each", "from_port_name": "loop", "to_node_id": "rest", "to_port_name": "input" },
                      { "connection_id": "3", "from_node_id": "each", "from_port_name": "complete", "to_node_id": "end", "to_port_name": "input" }
                    ]
                    """
                ),
            }
        );
        var id = created.GetProperty("data").GetProperty("workflow_id").GetString();
        await host.PostAsync($"/api/v1/workflows/{id}/publish", new { });
        var executions = new string[Executions];
        for (var i = 0; i < Executions; i++)
        {
            executions[i] = (await host.PostAsync($"/api/v1/workflows/{id}/execute", new { }))
                .GetProperty("data")
                .GetProperty("execution_id")
                .GetString()!;
            await Task.Delay(pause / Executions);
        }

        return executions;
    }

    private static async Task<double> EventsAsync(BenchServer server) =>
        await server.ScalarAsync<long>(Database, "select coalesce(sum(events), 0) from engine.journal");

    /// <summary>Zero for a program that does not count them.</summary>
    private static async Task<double> QueriesAsync(BenchHost host) =>
        (await Nobody.GetStringAsync(new Uri(host.Http.BaseAddress!, "/metrics")))
            .Split('\n')
            .Where(line => line.StartsWith("saasflows_live_queries_total", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>One stream, and how late its changes came, in milliseconds.</summary>
    private sealed class Reader(HttpClient client, string execution)
    {
        private const string At = "\"at\":\"";
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ConcurrentQueue<double>? _lags;

        /// <summary>Or broken before.</summary>
        public Task Opened => _opened.Task;

        public bool IsBroken { get; private set; }

        public void Begin() => Volatile.Write(ref _lags, []);

        public ConcurrentQueue<double> End() => Interlocked.Exchange(ref _lags, null) ?? [];

        public async Task RunAsync(CancellationToken ct)
        {
            try
            {
                using var response = await client.GetAsync(
                    $"/api/v1/workflows/executions/{execution}/stream",
                    HttpCompletionOption.ResponseHeadersRead,
                    ct
                );
                response.EnsureSuccessStatusCode();
                _opened.TrySetResult();
                using var text = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
                while (await text.ReadLineAsync(ct) is { } line)
                {
                    if (line.StartsWith("data: ", StringComparison.Ordinal) && line.IndexOf(At, StringComparison.Ordinal) is > 0 and var place)
                    {
                        var begin = place + At.Length;
                        var at = DateTimeOffset.Parse(line.AsSpan(begin, line.IndexOf('"', begin) - begin), CultureInfo.InvariantCulture);
                        Volatile.Read(ref _lags)?.Enqueue((DateTimeOffset.UtcNow - at).TotalMilliseconds);
                    }
                }

                IsBroken = true;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // Measured.
            }
            catch (Exception error) when (error is HttpRequestException or IOException)
            {
                IsBroken = !ct.IsCancellationRequested;
            }
            finally
            {
                _opened.TrySetResult();
            }
        }
    }
}
