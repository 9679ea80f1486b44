using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SaaSFlows.Benchmarks;

/// <summary>
/// A database as it is after a year of use: 10,000 tenants, 100,000 workflows with a webhook each, 5,000,000 ended executions (or BENCH_EXECUTIONS)
/// and their journals.
/// </summary>
internal static class FilledDatabase
{
    public const string Email = "bench-flat@example.com";
    private const int Tenants = 10_000;
    private const int Workflows = 100_000;
    private const int Portion = 250_000;

    private static readonly int Executions = int.Parse(
        Environment.GetEnvironmentVariable("BENCH_EXECUTIONS") ?? "5000000",
        CultureInfo.InvariantCulture
    );

    // Of each twenty executions, or of as many as is asked for, one belongs to the first tenant; of each fifty one failed. They lie in the twelve
    // weeks before this one.
    private const string PortionSql = """
        with made as materialized (
            select n, (n % {4}) = 0 as big, at,
                encode(substring(int8send((extract(epoch from at) * 1000)::bigint) from 3) || '\x7000'::bytea ||
                substring(uuid_send(gen_random_uuid()) from 9), 'hex')::uuid as id
            from (select n, date_trunc('week', now(), 'UTC') - interval '84 days' * ((n::float8 + 1) / {1}) as at
            from generate_series({0}, {0} + {2} - 1) n) g
        ),
        placed as materialized (
            select m.*, w.* from made m join bench.workflows w on w.number = case when m.big then m.n % 100 else 100 + m.n % ({3} - 100) end
        ),
        e as (
            insert into engine.executions (id, tenant_id, community_id, entity_id, workflow_id, version_id, trigger, trigger_node, webhook_id, status,
            fence, head_seq,
                input, output, error_code, nodes_executed, created_at, ended_at)
            select id, tenant_id, community_id, entity_id, workflow_id, version_id, 'webhook', 'hook', webhook_id, case
            when n % 50 = 0 then 5 else 4 end, 1, 7,
                convert_to('{{"payload":{{"amount":42,"note":"' || repeat('x', 120) || '"}}}}', 'UTF8'), '{{"total":42}}',
                case when n % 50 = 0 then 'node.failed' end, 5, at, at + interval '5 ms'
            from placed
        ),
        u as (
            insert into engine.usage_facts (execution_id, tenant_id, kind, units, at) select id, tenant_id, 'execution', 1, at from placed
        )
        insert into engine.journal (execution_id, seq, tenant_id, community_id, events, failures, page)
        select id, 1, tenant_id, community_id, 7, n % 50 = 0, convert_to('[' || (
            select string_agg('{{"kind":' || case when s = 1 then 1 when s = 6 and n % 50 = 0 then 4 when s = 7 and n % 50 = 0 then 11
            when s = 7 then 10 else 2 end
                || case when s between 2 and 6 then ',"node":"n' || s || '"' else '' end || ',"token":1,"attempt":1,"at":' || (extract(epoch from at)
                * 1000000)::bigint
                || ',"body":{{"port":"output","output":{{"amount":42,"note":"' || repeat('x', 60) || '"}}}}}}', ',' order by s)
            from generate_series(1, 7) s) || ']', 'UTF8')
        from placed
        """;

    private static readonly CompositeFormat _portion = CompositeFormat.Parse(PortionSql);

    public static async Task EnsureAsync(BenchServer server, string database)
    {
        if (!await server.HasAsync(database) || !await server.ScalarAsync<bool>(database, "select to_regclass('bench.done') is not null"))
        {
            await FillAsync(server, database);
        }
    }

    public static Task FillAsync(BenchServer server, string database) => FillAsync(server, database, Executions, share: 20);

    /// <param name="share">One of so many executions is the first tenant's.</param>
    public static async Task FillAsync(BenchServer server, string database, int executions, int share)
    {
        var start = Stopwatch.GetTimestamp();
        await server.RecreateAsync(database);
        using (var host = await BenchHost.StartAsync(server.Admin(database), "--Retention:Days=0"))
        {
            await host.PublishAsync(await host.RegisterAsync(Email), "result");
        }

        await server.ExecuteAsync(
            database,
            $"""
            select engine.ensure_partitions(now() - interval '92 days', now());
            insert into accounts.tenants (tenant_id, slug, name)
            select gen_random_uuid(), 'bench-' || n, 'Tenant ' || n from generate_series(2, {Tenants}) n;
            insert into accounts.communities (tenant_id, name) select tenant_id, 'Community' from accounts.tenants where slug like 'bench-%'
            and tenant_id not in (select tenant_id from accounts.communities);
            insert into accounts.entities (tenant_id, community_id, name, kind) select tenant_id, id, 'Chat', 'web_chat' from accounts.communities
            where tenant_id not in (select tenant_id from accounts.entities);
            create schema bench;
            create table bench.tenants as
            select row_number() over (order by not exists (select from automation.workflows w where w.tenant_id = t.tenant_id)) - 1 as tenant,
            t.tenant_id, e.community_id, e.id as entity_id
            from accounts.tenants t join accounts.entities e on e.tenant_id = t.tenant_id;
            create table bench.workflows as
            select n - 1 as number, t.tenant_id, t.community_id, t.entity_id, gen_random_uuid() as workflow_id, gen_random_uuid() as version_id,
            gen_random_uuid() as webhook_id
            from generate_series(1, {Workflows}) n join bench.tenants t on t.tenant = case when n <= 100 then 0 else n % {Tenants} end;
            create index on bench.workflows (number);
            insert into automation.workflows (id, tenant_id, community_id, entity_id, key, name, status, draft, published_version_id, created_at,
            updated_at)
            select workflow_id, tenant_id, community_id, entity_id, 'b' || number, 'Workflow ' || number, 'active', '', version_id, now(), now()
            from bench.workflows;
            insert into automation.webhooks (id, tenant_id, community_id, workflow_id, node_id, name, token_hash, sealed_token, created_at)
            select webhook_id, tenant_id, community_id, workflow_id, 'hook', 'Hook', sha256(uuid_send(webhook_id)), '', now() from bench.workflows;
            analyze bench.workflows;
            """
        );
        for (var from = 0; from < executions; from += Portion)
        {
            await server.ExecuteAsync(
                database,
                string.Format(CultureInfo.InvariantCulture, _portion, from, executions, Math.Min(Portion, executions - from), Workflows, share)
            );
            Console.Write($"\r{from + Portion:N0} executions, {Stopwatch.GetElapsedTime(start).TotalSeconds:N0} s ");
        }

        Console.WriteLine();
        await server.ExecuteAsync(database, "vacuum analyze");
        await server.ExecuteAsync(database, "create table bench.done ()");
        Conditions.Say(
            (FormattableString)$"filled in {Stopwatch.GetElapsedTime(start).TotalMinutes:N0} min: "
                + $"{await server.ScalarAsync<string>("postgres", $"select pg_size_pretty(pg_database_size('{database}'))")}"
        );
    }
}
