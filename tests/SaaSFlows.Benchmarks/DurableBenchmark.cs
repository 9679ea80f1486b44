using System.Diagnostics;
using System.Text;

namespace SaaSFlows.Benchmarks;

/// <summary>The whole program under load, PostgreSQL and load generator on the same machine.</summary>
internal static class DurableBenchmark
{
    private const string Database = "durable";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);

    /// <param name="args">result or accepted (default: both), then numbers of connections (default 1, 16, 64).</param>
    public static async Task<int> RunAsync(string[] args)
    {
        await using var server = await BenchServer.StartAsync();
        await server.RecreateAsync(Database);
        using var host = await BenchHost.StartAsync(server.Admin(Database));
        Conditions.Say($"Host {host.Id}, PostgreSQL port {server.Port}");
        var connections = args.Where(arg => int.TryParse(arg, out _)).Select(int.Parse).DefaultIfEmpty().ToArray();
        await MeasureAsync(server, host, Database, [.. args.Where(arg => !int.TryParse(arg, out _))], connections is [0] ? [1, 16, 64] : connections);
        return 0;
    }

    public static async Task MeasureAsync(BenchServer server, BenchHost host, string database, string[] modes, int[] connections)
    {
        var place = await host.RegisterAsync();
        foreach (var mode in modes is [] ? ["result", "accepted"] : modes)
        {
            var address = await host.PublishAsync(place, mode);
            await OneAsync(host, address, mode);
            await Load.RunAsync(address, 64, WarmUp);
            foreach (var count in connections)
            {
                await server.QuietAsync(database);
                var before = await server.EndedAsync(database);
                var (hostCpu, serverCpu) = (BenchServer.Cpu(host.Id), await server.CpuAsync());
                var result = await Load.RunAsync(address, count, Time);
                var tail = await server.QuietAsync(database);
                var ended = await server.EndedAsync(database) - before;
                var (hostEach, serverEach) = ((BenchServer.Cpu(host.Id) - hostCpu) / ended, (await server.CpuAsync() - serverCpu) / ended);
                Conditions.Say((FormattableString)$"{mode, -8} {count, 3} connections {result}  load {Conditions.Load()}");
                Conditions.Say(
                    (FormattableString)$"         ended {ended:N0} of {result.Requests:N0}, tail {tail.TotalSeconds:N1} s; CPU for each: Host "
                        + $"{hostEach.TotalMicroseconds:N0} µs, PostgreSQL {serverEach.TotalMicroseconds:N0} µs; resident "
                        + $"{host.Resident >> 20} MB"
                );
            }
        }

        Conditions.Say((FormattableString)$"most memory of the Host: {host.Peak >> 20} MB");
    }

    private static async Task OneAsync(BenchHost host, Uri address, string mode)
    {
        var times = new List<double>();
        for (var i = 0; i < 300; i++)
        {
            using var body = new StringContent(Workload.Body, Encoding.UTF8, "application/json");
            var start = Stopwatch.GetTimestamp();
            using var response = await host.Http.PostAsync(address, body);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (i == 0)
            {
                Conditions.Say($"{mode}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            }
        }

        var sorted = times.Skip(100).Order().ToArray();
        Conditions.Say((FormattableString)$"{mode}: one after the other, POST to answer: p50 {sorted[100]:N2} ms, p99 {sorted[197]:N2} ms");
    }
}
