using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;

namespace SaaSFlows.Postgres.Tests.Tenancy;

/// <summary>Attacks the walls of every table that the catalogue knows: a new table is in here by itself.</summary>
public sealed class WallTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const long MyCommunity = 11,
        MyOtherCommunity = 12,
        ForeignCommunity = 21;
    private static readonly Guid Mine = Guid.CreateVersion7();
    private static readonly Guid Foreign = Guid.CreateVersion7();

    private readonly RowFactory rows = new(postgres.Admin);
    private IReadOnlyList<string> tables = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => tables = await rows.TablesAsync(Ct);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task No_table_shows_a_row_of_another_tenant_or_community()
    {
        foreach (var table in tables)
        {
            await SeedAsync(table);
            var (tenantOwned, communityOwned) = (
                await HasAsync(table, "tenant_id"),
                await HasAsync(table, "community_id") || table == "accounts.communities"
            );

            Assert.True(await CountAsync(table, null, null, "") == 0, $"{table} shows rows although no tenant is set.");
            if (tenantOwned && await AppMayReadAsync(table))
            {
                Assert.True(await CountAsync(table, Mine, "*", "") >= 1, $"{table} hides the tenant's own rows: the test below would prove nothing.");
            }

            var foreign = tenantOwned ? $"where tenant_id <> '{Mine}'" : "";
            Assert.True(await CountAsync(table, Mine, "*", foreign) == 0, $"{table} shows another tenant's rows.");
            if (communityOwned)
            {
                var column = table == "accounts.communities" ? "id" : "community_id";
                Assert.True(
                    await CountAsync(table, Mine, $"{{{MyCommunity}}}", $"where {column} <> {MyCommunity}") == 0,
                    $"{table} shows another community's rows."
                );
                Assert.True(await CountAsync(table, Mine, "", "") == 0, $"{table} shows rows although no community is set.");
                Assert.True(await CountAsync(table, Mine, "{}", "") == 0, $"{table} shows rows to a caller without a community.");
            }
        }
    }

    [Fact]
    public async Task Every_table_and_partition_forces_row_level_security()
    {
        Assert.Null(
            await postgres.ScalarAsync(
                """
                select string_agg(c.oid::regclass::text, ', ') from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'p') and n.nspname in ('tenancy', 'accounts', 'automation', 'engine') and not (c.relrowsecurity
                and c.relforcerowsecurity)
                """
            ) as string
        );
    }

    [Fact]
    public async Task Every_policy_for_app_checks_what_it_writes()
    {
        Assert.Null(
            await postgres.ScalarAsync(
                """
                select string_agg(tablename || '.' || policyname, ', ') from pg_policies
                where 'saasflows_app' = any (roles) and cmd <> 'SELECT' and (with_check is null or with_check not like '%tenant()%')
                """
            ) as string
        );
    }

    [Theory]
    [InlineData("saasflows_app", "TRUNCATE", "")]
    [InlineData("saasflows_engine", "TRUNCATE", "")]
    [InlineData("saasflows_lookup", "TRUNCATE", "")]
    [InlineData("saasflows_app", "INSERT", "engine.")]
    [InlineData("saasflows_app", "UPDATE", "engine.")]
    [InlineData("saasflows_app", "DELETE", "engine.")]
    [InlineData("saasflows_app", "UPDATE", "automation.workflow_versions")]
    [InlineData("saasflows_app", "DELETE", "automation.workflow_versions")]
    [InlineData("saasflows_engine", "SELECT", "accounts.users")]
    [InlineData("saasflows_engine", "SELECT", "accounts.memberships")]
    [InlineData("saasflows_engine", "SELECT", "accounts.data_keys")]
    [InlineData("saasflows_engine", "INSERT", "accounts.")]
    [InlineData("saasflows_engine", "INSERT", "automation.")]
    [InlineData("saasflows_engine", "UPDATE", "accounts.")]
    [InlineData("saasflows_engine", "UPDATE", "automation.")]
    [InlineData("saasflows_lookup", "SELECT", "engine.")]
    [InlineData("saasflows_lookup", "SELECT", "automation.")]
    public async Task Role_has_no_such_right(string role, string right, string prefix)
    {
        var attacked = tables.Where(t => t.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(attacked);
        foreach (var table in attacked)
        {
            var columns = right is "TRUNCATE" or "DELETE" ? "" : " or has_any_column_privilege($1, $2, $3)";
            Assert.True(
                await postgres.ScalarAsync($"select has_table_privilege($1, $2, $3){columns}", role, table, right) is false,
                $"{role} may {right} {table}."
            );
        }
    }

    [Fact]
    public async Task App_can_not_switch_row_level_security_off()
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var connection = await App.OpenConnectionAsync(Ct);
            await using var command = new NpgsqlCommand("begin; set local row_security = off; select count(*) from engine.executions", connection);
            await command.ExecuteNonQueryAsync(Ct);
        });
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    [Fact]
    public async Task Public_may_run_no_function_of_ours()
    {
        Assert.Null(
            await postgres.ScalarAsync(
                """
                select string_agg(p.oid::regprocedure::text, ', ') from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname in ('tenancy', 'accounts', 'automation', 'engine')
                    and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)
                """
            ) as string
        );
    }

    private NpgsqlDataSource App => postgres.Services.GetRequiredService<PostgresPools>().App.Source;

    private async Task SeedAsync(string table)
    {
        await rows.InsertAsync(table, Mine, MyCommunity, Ct);
        if (await HasAsync(table, "community_id") || table == "accounts.communities")
        {
            await rows.InsertAsync(table, Mine, MyOtherCommunity, Ct);
        }

        await rows.InsertAsync(table, Foreign, ForeignCommunity, Ct);
    }

    private async Task<bool> HasAsync(string table, string column) =>
        (bool)
            (
                await postgres.ScalarAsync(
                    "select exists (select from pg_attribute where attrelid = $1::regclass and attname = $2 and not attisdropped)",
                    table,
                    column
                )
            )!;

    private async Task<bool> AppMayReadAsync(string table) =>
        (bool)(await postgres.ScalarAsync("select has_any_column_privilege('saasflows_app', $1, 'SELECT')", table))!;

    // What app may not read at all shows no row either.
    private async Task<long> CountAsync(string table, Guid? tenant, string? communities, string where)
    {
        await using var connection = await App.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        if (tenant is not null)
        {
            await using var set = new NpgsqlCommand(
                "select set_config('app.tenant_id', $1, true), set_config('app.community_ids', $2, true)",
                connection
            )
            {
                Parameters =
                {
                    new() { Value = tenant.ToString() },
                    new() { Value = communities },
                },
            };
            await set.ExecuteNonQueryAsync(Ct);
        }

        try
        {
            await using var count = new NpgsqlCommand($"select count(*) from {table} {where}", connection);
            return (long)(await count.ExecuteScalarAsync(Ct))!;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            return 0;
        }
    }
}
