namespace SaaSFlows.Benchmarks;

/// <summary>Two processes at one webhook, and what they wait for in PostgreSQL.</summary>
internal static class TwoProcessesBenchmark
{
    private const string Database = "two";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    // What sessions wait for; a lock of a row shows as transactionid or tuple.
    private const string WaitsSql = """
        select coalesce(string_agg(wait_event_type || ':' || wait_event, ','), '') from pg_stat_activity
        where state = 'active' and wait_event_type = 'Lock' and datname = 'two'
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        await using var server = await BenchServer.StartAsync();
        await server.RecreateAsync(Database);
        using var one = await BenchHost.StartAsync(server.Admin(Database), args);
        using var two = await BenchHost.StartAsync(server.Admin(Database), args);
        var hook = await one.PublishAsync(await one.RegisterAsync(), "result");
        Uri[] both = [hook, new(two.Http.BaseAddress!, hook.PathAndQuery)];
        await Flood.RunAsync(both, 32, WarmUp);
        foreach (var addresses in new[] { [hook], both })
        {
            var flood = Flood.RunAsync(addresses, 32, Time);
            var (looks, waits) = (0, new Dictionary<string, int>());
            while (!flood.IsCompleted)
            {
                var now = await server.ScalarAsync<string>(Database, WaitsSql);
                looks++;
                foreach (var wait in now.Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    waits[wait] = waits.GetValueOrDefault(wait) + 1;
                }

                await Task.Delay(Look);
            }

            Conditions.Say(
                $"{addresses.Length} processes, 32 connections: {await flood}; of {looks} looks: "
                    + $"{string.Join(", ", waits.Select(wait => $"{wait.Key} {wait.Value}"))}  load {Conditions.Load()}"
            );
        }

        return 0;
    }
}
