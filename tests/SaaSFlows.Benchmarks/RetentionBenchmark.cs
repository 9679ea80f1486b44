using System.Diagnostics;

namespace SaaSFlows.Benchmarks;

/// <summary>A million old executions go while load goes on: first whole weeks, then one by one out of weeks in which something still lives.</summary>
internal static class RetentionBenchmark
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    // The service begins half a minute after a start; by then the program is compiled.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(25);

    public static async Task<int> RunAsync()
    {
        await using var server = await BenchServer.StartAsync();
        await FilledDatabase.EnsureAsync(server, FlatBenchmark.Database);
        await MeasureAsync(server, "nothing to remove", 0);

        // Three of the twelve weeks: 1,250,000 executions.
        var oldest = await server.ScalarAsync<int>(
            FlatBenchmark.Database,
            "select extract(day from now() - min(created_at))::integer from engine.executions"
        );
        await MeasureAsync(server, "weeks dropped", oldest - 27);
        await server.ExecuteAsync(
            FlatBenchmark.Database,
            """
            update engine.executions set status = 3 where id in (
                select (select e.id from engine.executions e where e.id >= engine.uuid_at(week) order by e.id limit 1)
                from generate_series(date_trunc('week', now() - interval '84 days', 'UTC'), now() - interval '14 days', interval '7 days') week)
            """
        );
        await MeasureAsync(server, "deleted one by one", oldest - 48);
        return 0;
    }

    private static async Task MeasureAsync(BenchServer server, string name, int days)
    {
        var before = await CountAsync(server);
        using var host = await BenchHost.StartAsync(server.Admin(FlatBenchmark.Database), $"--Retention:Days={days}");
        var address = await host.PublishAsync(await host.RegisterAsync(), "result");
        await Load.RunAsync(address, 64, WarmUp);
        var start = Stopwatch.GetTimestamp();
        long left,
            previous = before;
        do
        {
            var result = await Load.RunAsync(address, 64, TimeSpan.FromSeconds(15));
            left = await CountAsync(server);
            Conditions.Say(
                (FormattableString)$"{name}: {result}  {before - left:N0} removed after {Stopwatch.GetElapsedTime(start).TotalSeconds:N0} s, load "
                    + $"{Conditions.Load()}"
            );
            (previous, left) = (left, previous - left);
        } while ((left > 0 || (days > 0 && previous == before)) && Stopwatch.GetElapsedTime(start) < Longest);
    }

    private static Task<long> CountAsync(BenchServer server) =>
        server.ScalarAsync<long>(
            FlatBenchmark.Database,
            "select count(*) from engine.executions where id < engine.uuid_at(date_trunc('week', now(), 'UTC'))"
        );
}
