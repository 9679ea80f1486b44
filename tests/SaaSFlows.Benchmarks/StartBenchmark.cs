using System.Diagnostics;
using System.Text;

namespace SaaSFlows.Benchmarks;

/// <summary>
/// The first seconds of a process: its start, its first answers one after the other, and the rate of each second at 64 connections. BENCH_HOST names
/// another build of the program.
/// </summary>
internal static class StartBenchmark
{
    private const string Database = "start";
    private const int Seconds = 15;

    public static async Task<int> RunAsync(string[] args)
    {
        await using var server = await BenchServer.StartAsync();
        await server.RecreateAsync(Database);
        string email = $"{Guid.NewGuid():N}@example.com";
        Uri hook;
        using (var first = await BenchHost.StartAsync(server.Admin(Database)))
        {
            hook = await first.PublishAsync(await first.RegisterAsync(email), "result");
        }

        var began = Stopwatch.GetTimestamp();
        using var host = await BenchHost.StartAsync(server.Admin(Database), args);
        Conditions.Say((FormattableString)$"ready after {Stopwatch.GetElapsedTime(began).TotalSeconds:N1} s");
        var address = new Uri(host.Http.BaseAddress!, hook.PathAndQuery);
        var times = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            using var body = new StringContent(Workload.Body, Encoding.UTF8, "application/json");
            var start = Stopwatch.GetTimestamp();
            using var response = await host.Http.PostAsync(address, body);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Conditions.Say(
            (FormattableString)
                $"first answers: {string.Join(" · ", times.Take(5).Select(time => FormattableString.Invariant($"{time:N1}")))} ms; median of 20 "
                + $"{times.Order().ElementAt(10):N1} ms"
        );
        var rates = new List<string>();
        for (var second = 0; second < Seconds; second++)
        {
            rates.Add(
                (await Load.RunAsync(address, 64, TimeSpan.FromSeconds(1))).Rate.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)
            );
        }

        Conditions.Say($"executions in each second: {string.Join(" · ", rates)}  load {Conditions.Load()}");
        return 0;
    }
}
