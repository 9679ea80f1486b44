using System.Diagnostics;

namespace SaaSFlows.Benchmarks;

/// <summary>The same load on a database that is full: does the size of what is kept cost anything?</summary>
internal static class FlatBenchmark
{
    public const string Database = "flat";
    private const int Lists = 20;

    public static async Task<int> RunAsync(string[] args)
    {
        await using var server = await BenchServer.StartAsync();
        if (args is ["fill"])
        {
            await FilledDatabase.FillAsync(server, Database);
            return 0;
        }

        await FilledDatabase.EnsureAsync(server, Database);

        using var host = await BenchHost.StartAsync(server.Admin(Database), "--Retention:Days=0");
        await DurableBenchmark.MeasureAsync(server, host, Database, ["result"], [64]);

        // The tenant with the most history is the one that the filling gave a hundred times as much.
        await host.SignInAsync(FilledDatabase.Email);
        await ListAsync(host, "the newest", "/api/v1/executions");
        await ListAsync(host, "page 50", "/api/v1/executions?page=50");
        await ListAsync(host, "failed ones", "/api/v1/executions?status=failed");
        await ListAsync(host, "running ones", "/api/v1/executions?status=running");
        await ListAsync(host, "by duration", "/api/v1/executions?sort_by=execution_time");
        return 0;
    }

    private static async Task ListAsync(BenchHost host, string name, string path)
    {
        var times = new List<double>();
        for (var i = 0; i < Lists; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var response = await host.Http.GetAsync(path);
            var body = await response.Content.ReadAsStringAsync();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            if (!response.IsSuccessStatusCode)
            {
                throw new InvalidOperationException($"{path}: {body}");
            }
        }

        Conditions.Say(
            (FormattableString)$"list of executions, {name}: median {times.Order().ElementAt(Lists / 2):N0} ms, slowest {times.Max():N0} ms, load "
                + $"{Conditions.Load()}"
        );
    }
}
