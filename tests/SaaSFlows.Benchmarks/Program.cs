using SaaSFlows.Benchmarks;

Conditions.Print();
var rest = args.Skip(1).ToArray();
return args.FirstOrDefault() switch
{
    "memory" => await MemoryBenchmark.RunAsync(),
    "durable" => await DurableBenchmark.RunAsync(rest),
    "floor" => await FloorBenchmark.RunAsync(),
    "flat" => await FlatBenchmark.RunAsync(rest),
    "retention" => await RetentionBenchmark.RunAsync(),
    "live" => await LiveBenchmark.RunAsync([.. rest.Select(int.Parse)]),
    "claim" => await ClaimBenchmark.RunAsync(rest),
    "overload" => await OverloadBenchmark.RunAsync(rest),
    "two" => await TwoProcessesBenchmark.RunAsync(rest),
    "start" => await StartBenchmark.RunAsync(rest),
    "flood" => await FloodBenchmark.RunAsync(rest),
    "tenant" => await TenantBenchmark.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        "Which one? memory, durable [result|accepted] [connections…], floor, flat [fill], retention, live [seconds] [readers] [events], claim "
            + "[tenants…], overload [result|accepted|queue] [connections…] [--setting=value…], flood [connections…] [--setting=value…], two, "
            + "start, tenant"
    );
    return 2;
}
