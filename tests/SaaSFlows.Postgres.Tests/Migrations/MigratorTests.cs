using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.Postgres.Migrations;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests.Migrations;

public sealed class MigratorTests : IAsyncLifetime
{
    private readonly List<string> databases = [];
    private string server = "";

    public async ValueTask InitializeAsync() => server = await TestServer.AdminConnectionStringAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases)
        {
            await ExecuteAsync(server, $"drop database if exists {database} with (force)");
        }
    }

    [Fact]
    public async Task Second_run_changes_nothing()
    {
        var database = NewDatabase();
        await MigrateAsync(database);
        var first = await ScalarAsync(database, "select string_agg(version || checksum || applied_at, ',' order by version) from public.schema_migrations");
        await MigrateAsync(database);
        Assert.Equal(first, await ScalarAsync(database, "select string_agg(version || checksum || applied_at, ',' order by version) from public.schema_migrations"));
    }

    [Fact]
    public async Task Many_processes_migrate_one_new_database_once()
    {
        var database = NewDatabase();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MigrateAsync(database)));
        Assert.Equal((long)Migration.All.Count, await ScalarAsync(database, "select count(*) from public.schema_migrations"));
    }

    [Fact]
    public async Task Many_databases_of_one_server_are_migrated_at_the_same_time()
    {
        var many = Enumerable.Range(0, 4).Select(_ => NewDatabase()).ToList();
        await Task.WhenAll(many.Select(database => MigrateAsync(database)));
        foreach (var database in many)
        {
            Assert.Equal((long)Migration.All.Count, await ScalarAsync(database, "select count(*) from public.schema_migrations"));
        }
    }

    [Fact]
    public async Task Changed_migration_is_refused_by_name()
    {
        var database = NewDatabase();
        await MigrateAsync(database);
        await ExecuteAsync(database, "update public.schema_migrations set checksum = 'other' where version = 2");
        var refusal = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(database));
        Assert.Contains("0002 (accounts) was changed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_of_a_newer_program_is_refused()
    {
        var database = NewDatabase();
        await MigrateAsync(database);
        await ExecuteAsync(database, "insert into public.schema_migrations (version, name, checksum) values (9999, 'future', 'x')");
        var refusal = await Assert.ThrowsAsync<MigrationException>(() => MigrateAsync(database));
        Assert.Contains("9999 (future)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_login_role_may_bypass_the_walls()
    {
        var database = NewDatabase();
        await MigrateAsync(database);
        Assert.Equal(4L, await ScalarAsync(database, """
            select count(*) from pg_roles
            where rolname like 'saasflows%' and rolcanlogin and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
            """));
    }

    [Fact]
    public void Derived_passwords_differ_from_role_to_role_and_are_not_printed()
    {
        var passwords = RolePasswords.DeriveFrom("a secret of the installation");
        Assert.Equal(4, new HashSet<string> { passwords.Owner, passwords.App, passwords.Engine, passwords.Lookup }.Count);
        Assert.Equal("***", passwords.ToString());
    }

    private static async Task MigrateAsync(string connectionString) =>
        await Migrator.MigrateAsync(connectionString, new MigratorOptions(), NullLogger.Instance, TestContext.Current.CancellationToken);

    private string NewDatabase()
    {
        var name = $"migrator_{Guid.NewGuid():N}";
        databases.Add(name);
        return new NpgsqlConnectionStringBuilder(server) { Database = name, Pooling = false }.ConnectionString;
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
