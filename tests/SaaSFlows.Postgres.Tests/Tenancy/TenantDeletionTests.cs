namespace SaaSFlows.Postgres.Tests.Tenancy;

/// <summary>Deletes a tenant that has a row in every table that the catalogue knows: a new table is in here by itself.</summary>
public sealed class TenantDeletionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    // What outlives a tenant, with the reason.
    private static readonly string[] Kept =
    [
        "accounts.access_changes", // tells processes that the tenant is gone; forgotten after two days
        "accounts.audit_tombstones", // says that there was a log
        "accounts.audit_entries",
        "accounts.audit_heads", // go with a signed tombstone: the tests of the whole program see to that
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_table_keeps_a_row_of_a_deleted_tenant_or_loses_one_of_another()
    {
        var rows = new RowFactory(postgres.Admin);
        var (gone, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var tables = new List<string>();
        foreach (var table in await rows.TablesAsync(Ct))
        {
            if (
                !Kept.Contains(table)
                && await CountAsync($"pg_attribute where attrelid = '{table}'::regclass and attname = 'tenant_id' and not attisdropped") == 1
            )
            {
                tables.Add(table);
                await rows.InsertAsync(table, gone, 31, Ct);
                await rows.InsertAsync(table, other, 32, Ct);
            }
        }

        Assert.True(tables.Count > 20);
        // A journal is found by its execution: no index knows its tenant.
        await postgres.ExecuteAsync(
            "update engine.journal j set execution_id = x.id from engine.executions x where x.tenant_id = j.tenant_id and x.tenant_id in ($1, $2)",
            gone,
            other
        );
        // An active tenant loses nothing, whoever asks.
        Assert.Equal(0L, await postgres.ScalarAsync("select accounts.delete_batch($1, 10)", gone));
        await postgres.ExecuteAsync(
            "update accounts.tenants set status = 'closing', delete_at = now() - interval '1 day' where tenant_id = $1",
            gone
        );
        Assert.Equal(DBNull.Value, await postgres.ScalarAsync("select accounts.begin_deletion(now() - interval '2 days')"));
        Assert.Equal(gone, await postgres.ScalarAsync("select accounts.begin_deletion(now())"));
        while (await postgres.ScalarAsync("select accounts.delete_batch($1, 1)", gone) is > 0L) { }

        await postgres.ExecuteAsync("select accounts.delete_from_partition($1, p.name) from accounts.tenant_partitions() p", gone);
        await postgres.ExecuteAsync("select accounts.finish_deletion($1)", gone);

        foreach (var table in tables)
        {
            Assert.True(await CountAsync($"{table} where tenant_id = '{gone}'") == 0, $"{table} keeps rows of a deleted tenant.");
            Assert.True(await CountAsync($"{table} where tenant_id = '{other}'") == 1, $"{table} has lost another tenant's row.");
        }

        Assert.Equal(DBNull.Value, await postgres.ScalarAsync("select accounts.begin_deletion(now())"));
    }

    private async Task<long> CountAsync(string from) => (long)(await postgres.ScalarAsync($"select count(*) from {from}"))!;
}
