using Npgsql;

namespace SaaSFlows.TestKit.Tests;

public sealed class TestDatabaseTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_class_gets_a_migrated_database_of_its_own()
    {
        await using var connection = new NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var ask = new NpgsqlCommand(
            "select current_database() || ' ' || (select count(*) > 0 from public.schema_migrations)",
            connection
        );
        Assert.Equal(database.Name + " true", await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Each_role_signs_in_and_none_can_switch_row_level_security_off()
    {
        foreach (var role in new[] { database.Roles.Owner, database.Roles.App, database.Roles.Engine, database.Roles.Lookup })
        {
            await using var connection = new NpgsqlConnection(role);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var ask = new NpgsqlCommand("select rolsuper or rolbypassrls from pg_roles where rolname = current_user", connection);
            Assert.Equal(false, await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken));
        }
    }
}
