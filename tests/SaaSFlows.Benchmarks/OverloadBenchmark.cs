using System.Diagnostics;

namespace SaaSFlows.Benchmarks;

/// <summary>More connections than the machine can serve at once, over the webhooks of many tenants; and the way through the queue alone.</summary>
internal static class OverloadBenchmark
{
    private const string Database = "overload";
    private const int Tenants = 16;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);

    /// <param name="args">result, accepted or queue (default: all three), then numbers of connections (default 64 to 4,000), then settings of the
    /// Host (--name=value).</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var settings = args.Where(arg => arg.StartsWith("--", StringComparison.Ordinal)).ToArray();
        var connections = args.Where(arg => int.TryParse(arg, out _)).Select(int.Parse).ToArray();
        var parts = args.Except(settings).Where(arg => !int.TryParse(arg, out _)).ToArray();
        await using var server = await BenchServer.StartAsync();
        foreach (var part in parts is [] ? ["result", "accepted", "queue"] : parts)
        {
            await server.RecreateAsync(Database);
            if (part == "queue")
            {
                await QueueAsync(server, connections is [] ? [64, 1_000] : connections, settings);
            }
            else
            {
                await ModeAsync(server, part, connections is [] ? [64, 128, 256, 512, 1_000, 2_000, 4_000] : connections, settings);
            }
        }

        return 0;
    }

    private static async Task ModeAsync(BenchServer server, string mode, int[] connections, string[] settings)
    {
        using var host = await BenchHost.StartAsync(server.Admin(Database), settings);
        var addresses = await PublishAsync(host, mode);
        await Load.RunAsync(addresses, 64, WarmUp);
        foreach (var count in connections)
        {
            await MeasureAsync(server, mode, addresses, count);
        }

        Conditions.Say((FormattableString)$"most memory of the Host: {host.Peak >> 20} MB");
    }

    /// <summary>One process accepts, another one runs: each execution goes through the queue.</summary>
    private static async Task QueueAsync(BenchServer server, int[] connections, string[] settings)
    {
        using var host = await BenchHost.StartAsync(server.Admin(Database), [.. settings, "--Roles=Api,Scheduler,Migrate"]);
        using var worker = await BenchHost.StartAsync(server.Admin(Database), [.. settings, "--Roles=Worker"]);
        foreach (var mode in (string[])["accepted", "result"])
        {
            var addresses = await PublishAsync(host, mode);
            await Load.RunAsync(addresses, 64, WarmUp);
            foreach (var count in connections)
            {
                await MeasureAsync(server, $"queue, {mode}", addresses, count);
            }
        }

        Conditions.Say((FormattableString)$"most memory: {host.Peak >> 20} MB where accepted, {worker.Peak >> 20} MB where run");
    }

    private static async Task MeasureAsync(BenchServer server, string what, IReadOnlyList<Uri> addresses, int connections)
    {
        await server.QuietAsync(Database);
        var (before, start) = (await server.EndedAsync(Database), Stopwatch.GetTimestamp());
        var result = await Load.RunAsync(addresses, connections, Time);
        var tail = await server.QuietAsync(Database);
        var all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var ended = await server.EndedAsync(Database) - before;
        Conditions.Say((FormattableString)$"{what, -8} {connections, 5} connections {result}");
        Conditions.Say(
            (FormattableString)
                $"         ended {ended:N0}, {ended / all:N0}/s until the last one; tail {tail.TotalSeconds:N1} s; load {Conditions.Load()}"
        );
    }

    private static async Task<IReadOnlyList<Uri>> PublishAsync(BenchHost host, string mode)
    {
        var addresses = new List<Uri>();
        for (var i = 0; i < Tenants; i++)
        {
            addresses.Add(await host.PublishAsync(await host.RegisterAsync(), mode));
        }

        return addresses;
    }
}
