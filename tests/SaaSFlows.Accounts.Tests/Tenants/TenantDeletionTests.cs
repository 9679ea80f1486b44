using SaaSFlows.Accounts.Directory.Tenants;
using SaaSFlows.TestKit;

namespace SaaSFlows.Accounts.Tests.Tenants;

public sealed class TenantDeletionTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncDisposable
{
    private readonly AccountsHost _host = new(database);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_deletion_that_was_cut_off_is_finished_by_another_process()
    {
        var tenant = (await _host.RegisterAsync()).Session.Tenant.TenantId.Value;
        await FillAsync(tenant, 2500);
        await _host.SqlAsync("update accounts.tenants set status = 'closing', delete_at = now() - interval '1 day' where tenant_id = $1", tenant);

        // As far as a process came before it was killed: its last batch was rolled back.
        await _host.SqlAsync("select accounts.begin_deletion(now())");
        await _host.SqlAsync("select accounts.delete_batch($1, 1000)", tenant);
        await _host.SqlAsync(
            "begin; select accounts.delete_batch((select tenant_id from accounts.tenants where status = 'deleting'), 1000); rollback"
        );
        foreach (var table in new[] { "engine.executions", "engine.journal" })
        {
            Assert.Equal(1500, await _host.CountAsync($"{table} where tenant_id = $1", tenant));
        }

        // Those whose executions retention has removed before stay for the end.
        Assert.Equal(2000, await _host.CountAsync("engine.usage_facts where tenant_id = $1", tenant));

        using var stop = new CancellationTokenSource();
        var cut = _host.Get<TenantDeletion>().PassAsync(stop.Token);
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => cut);
        await using var other = new AccountsHost(database);
        Assert.Equal(cut.IsCompletedSuccessfully ? 0 : 1, await other.Get<TenantDeletion>().PassAsync(AccountsHost.Ct));

        foreach (
            var table in new[]
            {
                "engine.executions",
                "engine.journal",
                "engine.usage_facts",
                "accounts.tenants",
                "accounts.audit_entries",
                "automation.workflows",
            }
        )
        {
            Assert.Equal(0, await _host.CountAsync($"{table} where tenant_id = $1", tenant));
        }

        Assert.Equal(1, await _host.CountAsync("accounts.audit_tombstones where tenant_id = $1", tenant));
    }

    [Fact]
    public async Task Nothing_of_a_tenant_that_is_not_being_deleted_goes()
    {
        var tenant = (await _host.RegisterAsync()).Session.Tenant.TenantId.Value;
        await FillAsync(tenant, 3);

        Assert.Equal(0L, await _host.SqlAsync("select accounts.delete_batch($1, 1000)", tenant));
        Assert.Equal(
            0L,
            await _host.SqlAsync("select sum(accounts.delete_from_partition($1, name))::bigint from accounts.tenant_partitions()", tenant)
        );
        Assert.Equal(3, await _host.CountAsync("engine.usage_facts where tenant_id = $1", tenant));
    }

    // Half of the usage facts have no execution any more.
    private async Task FillAsync(Guid tenant, int executions) =>
        await _host.SqlAsync(
            """
            with place as (select e.community_id, e.id as entity_id from accounts.entities e where e.tenant_id = $1),
            w as (
                insert into automation.workflows (id, tenant_id, community_id, entity_id, key, name, status, draft, created_at, updated_at)
                select gen_random_uuid(), $1, community_id, entity_id, 'k', 'Old', 'archived', '', now(), now()
                from place returning id, community_id, entity_id),
            made as materialized (select n, uuidv7(- n * interval '1 ms') as id, uuidv7(- n * interval '1 ms') as gone from generate_series(1, $2) n),
            x as (
                insert into engine.executions (id, tenant_id, community_id, entity_id, workflow_id, version_id, trigger, trigger_node, status, fence,
                head_seq, input, nodes_executed, created_at, ended_at)
                select made.id, $1, community_id, entity_id, w.id, gen_random_uuid(), 'manual', 'start', 4, 1, 1, '{}', 1, now(), now() from made, w),
            j as (
                insert into engine.journal (execution_id, seq, tenant_id, community_id, events, failures, page)
                select made.id, 1, $1, community_id, 1, false, '[]' from made, w)
            insert into engine.usage_facts (execution_id, tenant_id, kind, units, at) select case
            when n % 2 = 0 then id else gone end, $1, 'execution', 1, now() from made
            """,
            tenant,
            executions
        );
}
