namespace SaaSFlows.Benchmarks;

/// <summary>One tenant sends ten times what the machine can do, while another sends a request now and then.</summary>
internal static class FloodBenchmark
{
    private const string Database = "flood";
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <param name="args">Numbers of connections of the flood (default 64, 1000), and settings of the Host
    /// (<c>--Overload:MaxInFlight=64</c>).</param>
    public static async Task<int> RunAsync(string[] args)
    {
        await using var server = await BenchServer.StartAsync();
        await server.RecreateAsync(Database);
        using var host = await BenchHost.StartAsync(server.Admin(Database), [.. args.Where(arg => arg.StartsWith('-'))]);
        var loud = await host.PublishAsync(await host.RegisterAsync(), "result");
        var quiet = await host.PublishAsync(await host.RegisterAsync(), "result");
        await Flood.RunAsync([loud, quiet], 64, WarmUp);

        var idle = await Flood.ProbeAsync(quiet, Time, Pause);
        Conditions.Say($"quiet tenant alone:    {idle}  load {Conditions.Load()}");
        foreach (var connections in args.Where(arg => int.TryParse(arg, out _)).Select(int.Parse).DefaultIfEmpty(1_000))
        {
            var (hostCpu, serverCpu) = (BenchServer.Cpu(host.Id), await server.CpuAsync());
            var beside = Flood.ProbeAsync(quiet, Time, Pause);
            var flood = await Flood.RunAsync([loud], connections, Time);
            Conditions.Say($"{connections, 5} connections flood: {flood}  load {Conditions.Load()}");
            Conditions.Say(
                (FormattableString)$"      CPU: Host {(BenchServer.Cpu(host.Id) - hostCpu).TotalSeconds / Time.TotalSeconds:N2}, PostgreSQL "
                    + $"{(await server.CpuAsync() - serverCpu).TotalSeconds / Time.TotalSeconds:N2} cores"
            );
            var besides = await beside;
            Conditions.Say(
                (FormattableString)$"      quiet tenant beside: {besides}; p99 {besides.Late(200, 0.99) / idle.Late(200, 0.99):N1} times that of idle"
            );
        }

        return 0;
    }
}
