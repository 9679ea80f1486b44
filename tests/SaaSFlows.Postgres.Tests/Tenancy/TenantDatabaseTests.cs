using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Primitives;
using Entity = SaaSFlows.Postgres.Tests.Tenancy.CommunitiesPart.Entity;

namespace SaaSFlows.Postgres.Tests.Tenancy;

public sealed class TenantDatabaseTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private readonly TenantDatabase database = postgres.Services.GetRequiredService<TenantDatabase>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tenant_sees_its_own_rows_only_however_often_contexts_are_reused()
    {
        var (first, second) = (await SeedAsync(), await SeedAsync());
        for (var round = 0; round < 20; round++)
        {
            var seeded = round % 2 == 0 ? first : second;
            var seen = await database.RunAsync(new(seeded.Tenant, CommunityScope.All), (db, ct) => db.Set<Entity>().ToListAsync(ct), Ct);
            Assert.Equal(
                [seeded.Left, seeded.Right],
                seen.Select(e => e.CommunityId).Order(Comparer<CommunityId>.Create((a, b) => a.Value.CompareTo(b.Value)))
            );
        }
    }

    [Fact]
    public async Task Caller_of_one_community_sees_that_one_and_caller_of_none_sees_nothing()
    {
        var seeded = await SeedAsync();
        Assert.Equal([seeded.Left], await CommunitiesSeenAsync(CommunityScope.Of(seeded.Left)));
        Assert.Empty(await CommunitiesSeenAsync(CommunityScope.Of()));

        Task<List<CommunityId>> CommunitiesSeenAsync(CommunityScope communities) =>
            database.RunAsync(new(seeded.Tenant, communities), (db, ct) => db.Set<Entity>().Select(e => e.CommunityId).ToListAsync(ct), Ct);
    }

    [Fact]
    public async Task Without_query_filters_the_database_still_hides_the_others()
    {
        var seeded = await SeedAsync();
        await SeedAsync();
        var seen = await database.RunAsync(
            new(seeded.Tenant, CommunityScope.Of(seeded.Right)),
            (db, ct) => db.Set<Entity>().IgnoreQueryFilters().ToListAsync(ct),
            Ct
        );
        Assert.Equal([seeded.Right], seen.Select(e => e.CommunityId));
    }

    [Fact]
    public async Task Query_filters_say_the_same_as_the_policies()
    {
        var sql = await database.RunAsync(
            new(new TenantId(Guid.CreateVersion7()), CommunityScope.Of(new CommunityId(7))),
            (db, _) => Task.FromResult(db.Set<Entity>().ToQueryString()),
            Ct
        );
        Assert.Contains("tenant_id =", sql, StringComparison.Ordinal);
        Assert.Contains("community_id = ANY", sql, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Row_for_another_tenant_or_community_is_refused()
    {
        var (mine, other) = (await SeedAsync(), await SeedAsync());
        await AssertRefusedAsync(other.Tenant, other.Left);
        await AssertRefusedAsync(mine.Tenant, mine.Right);

        async Task AssertRefusedAsync(TenantId tenant, CommunityId community)
        {
            var refusal = await Assert.ThrowsAsync<DbUpdateException>(() =>
                database.RunAsync(
                    new(mine.Tenant, CommunityScope.Of(mine.Left)),
                    (db, ct) =>
                    {
                        db.Add(
                            new Entity
                            {
                                TenantId = tenant,
                                CommunityId = community,
                                Name = "intruder",
                            }
                        );
                        return db.SaveChangesAsync(ct);
                    },
                    Ct
                )
            );
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, Assert.IsType<PostgresException>(refusal.InnerException).SqlState);
        }
    }

    [Fact]
    public async Task Exception_rolls_everything_back()
    {
        var seeded = await SeedAsync();
        var scope = new TenantScope(seeded.Tenant, CommunityScope.All);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            database.RunAsync(
                scope,
                async (db, ct) =>
                {
                    db.Add(
                        new Entity
                        {
                            TenantId = seeded.Tenant,
                            CommunityId = seeded.Left,
                            Name = "never",
                        }
                    );
                    await db.SaveChangesAsync(ct);
                    throw new InvalidOperationException("after the insert");
                },
                Ct
            )
        );
        Assert.Equal(2, await database.RunAsync(scope, (db, ct) => db.Set<Entity>().CountAsync(ct), Ct));
    }

    [Fact]
    public async Task Plain_sql_sees_the_tenant_and_the_next_lease_of_the_connection_sees_nobody()
    {
        var seeded = await SeedAsync();
        Assert.Equal(2L, await database.QueryAsync(new(seeded.Tenant, CommunityScope.All), CountAsync, Ct));
        await using var connection = await postgres.Services.GetRequiredService<PostgresPools>().App.OpenConnectionAsync(Ct);
        Assert.Equal(0L, await CountAsync(connection, Ct));

        static async Task<long> CountAsync(NpgsqlConnection connection, CancellationToken ct)
        {
            await using var command = new NpgsqlCommand("select count(*) from accounts.entities", connection);
            return (long)(await command.ExecuteScalarAsync(ct))!;
        }
    }

    [Fact]
    public async Task Context_outside_of_a_run_is_refused()
    {
        await using var db = await postgres.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Ct);
        await Assert.ThrowsAsync<InvalidOperationException>(() => db.Set<Entity>().ToListAsync(Ct));
    }

    [Fact]
    public async Task Model_and_database_do_not_drift_and_a_planted_drift_is_found()
    {
        await using var db = await postgres.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Ct);
        Assert.Empty(await DriftCheck.FindAsync(db, Ct));
        await using var drifted = new DriftedDb(new DbContextOptionsBuilder<DriftedDb>().UseNpgsql(postgres.Connections.App).Options);
        Assert.Equal(
            [
                "accounts.entities.kind is not nullable in the database only.",
                "accounts.entities.last_message is integer in the model, bigint in the database.",
                "accounts.entities.priority is in the model, not in the database.",
            ],
            (await DriftCheck.FindAsync(drifted, Ct)).Order(StringComparer.Ordinal)
        );
    }

    private async Task<Seeded> SeedAsync()
    {
        var tenant = new TenantId(Guid.CreateVersion7());
        await postgres.ExecuteAsync(
            "insert into accounts.tenants (tenant_id, slug, name) values ($1, 't' || left(md5($1::text), 20), 'A tenant')",
            tenant.Value
        );
        return new(tenant, await CommunityAsync(), await CommunityAsync());

        async Task<CommunityId> CommunityAsync()
        {
            var community = (long)
                (
                    await postgres.ScalarAsync(
                        "insert into accounts.communities (tenant_id, name) values ($1, 'A community') returning id",
                        tenant.Value
                    )
                )!;
            await postgres.ExecuteAsync(
                "insert into accounts.entities (tenant_id, community_id, name, kind) values ($1, $2, 'A chat', 'web_chat')",
                tenant.Value,
                community
            );
            return new(community);
        }
    }

    private sealed record Seeded(TenantId Tenant, CommunityId Left, CommunityId Right);

    private sealed class DriftedDb(DbContextOptions<DriftedDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Drifted>().ToTable("entities", "accounts").HasKey(e => e.Id);
            ModelConventions.UseSnakeCase(modelBuilder);
        }
    }

    private sealed class Drifted
    {
        public long Id { get; init; }

        public string? Kind { get; init; }

        public int LastMessage { get; init; }

        public int Priority { get; init; }
    }
}
