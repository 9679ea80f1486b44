using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.Engine.Journaling;
using SaaSFlows.Postgres;
using SaaSFlows.Postgres.Migrations;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;

namespace SaaSFlows.Benchmarks;

/// <summary>Claims alone: 40,000 executions of many tenants in the queue, and many processes that take 64 at a time until it is empty.</summary>
internal static class ClaimBenchmark
{
    private const string Database = "claim";
    private const int Queued = 40_000;
    private const int Batch = 64;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    private const string FillSql = """
        truncate engine.queue, engine.executions, engine.journal;
        create temp table made as
        select uuidv7() as id, t.id as tenant from generate_series(1, {1}) n join (select i, uuidv7() as id
        from generate_series(1, {0}) i offset 0) t on t.i = 1 + n % {0};
        insert into engine.executions (id, tenant_id, community_id, entity_id, workflow_id, version_id, trigger, trigger_node, status, fence,
        head_seq, input, created_at)
        select id, tenant, 1001, 5001, id, id, 'webhook', 'hook', 1, 0, 1, '{{}}', now() from made;
        insert into engine.journal (execution_id, seq, tenant_id, community_id, events, failures, page)
        select id, 1, tenant, 1001, 1, false, convert_to('[{{"kind":1,"token":1,"attempt":1,"at":1,"body":{{"node":"hook","input":{{}}}}}}]', 'UTF8')
        from made;
        insert into engine.queue (execution_id, tenant_id, available_at, enqueued_at) select id, tenant, now(), now() from made;
        drop table made
        """;

    private static readonly CompositeFormat _fill = CompositeFormat.Parse(FillSql);

    /// <param name="args">Numbers of tenants (default 100, 1,000, 10,000).</param>
    public static async Task<int> RunAsync(string[] args)
    {
        await using var server = await BenchServer.StartAsync();
        await server.RecreateAsync(Database);
        var passwords = RolePasswords.DeriveFrom("the secret of the benchmarks");
        await Migrator.MigrateAsync(
            server.Admin(Database),
            new MigratorOptions { Passwords = passwords },
            NullLogger.Instance,
            CancellationToken.None
        );
        foreach (var tenants in args is [] ? [100, 1_000, 10_000] : args.Select(arg => int.Parse(arg, CultureInfo.InvariantCulture)))
        {
            foreach (var claimers in (int[])[1, 16])
            {
                await server.ExecuteAsync(Database, string.Format(CultureInfo.InvariantCulture, _fill, tenants, Queued));
                await server.ExecuteAsync(Database, "vacuum analyze engine.queue");
                await MeasureAsync(RoleConnections.From(server.Admin(Database), passwords, new PoolSizes(Engine: 20)), tenants, claimers);
            }
        }

        return 0;
    }

    private static async Task MeasureAsync(RoleConnections connections, int tenants, int claimers)
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddPostgres(connections)
            .BuildServiceProvider();
        var queue = services.GetRequiredService<IExecutionQueue>();
        var (left, empty, times) = (Queued, 0, new List<double>());
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(
            Enumerable
                .Range(0, claimers)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        var worker = new WorkerId(Guid.CreateVersion7());
                        while (Volatile.Read(ref left) > 0 && Stopwatch.GetElapsedTime(start) < Longest)
                        {
                            var begun = Stopwatch.GetTimestamp();
                            var claimed = await queue.ClaimAsync(worker, Batch, Lease, [], CancellationToken.None);
                            Interlocked.Add(ref left, -claimed.Count);
                            lock (times)
                            {
                                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                                empty += claimed.Count == 0 ? 1 : 0;
                            }
                        }
                    })
                )
        );
        var all = Stopwatch.GetElapsedTime(start).TotalSeconds;
        times.Sort();
        Conditions.Say(
            (FormattableString)
                $"{tenants, 6:N0} tenants, {claimers, 2} claimers: {(Queued - left) / all, 7:N0} rows/s; a claim {times[times.Count / 2], 6:N1} "
                + $"ms, p99 {times[times.Count * 99 / 100], 6:N1} ms; {times.Count} claims, {empty} of them empty; left {left}; load "
                + $"{Conditions.Load()}"
        );
    }
}
