using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.Postgres.Migrations;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Postgres.Tests.Embedded;

namespace SaaSFlows.Postgres.Tests.Migrations;

/// <summary>On a server of its own that asks for passwords: the shared one trusts everybody.</summary>
public sealed class RolePasswordTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Roles_sign_in_with_their_passwords_only_and_an_admin_need_not_be_superuser()
    {
        using var place = await Workplace.CreateAsync();
        await using var server = await place.StartAsync();
        await Workplace.AskAsync(server.AdminConnectionString, "create role operator login createrole createdb password 'operator of the server'");
        var limited = new NpgsqlConnectionStringBuilder(server.AdminConnectionString)
        {
            Username = "operator",
            Password = "operator of the server",
            Database = "product",
        }.ConnectionString;

        var first = RolePasswords.DeriveFrom("the first secret of ours");
        await MigrateAsync(limited, first);
        await AssertAllSignInAsync(RoleConnections.From(limited, first));
        Assert.Equal(
            "SCRAM-SHA-256",
            await Workplace.AskAsync(server.AdminConnectionString, "select left(rolpassword, 13) from pg_authid where rolname = 'saasflows_app'")
        );

        var second = RolePasswords.DeriveFrom("the second secret of ours");
        await AssertRefusedAsync(RoleConnections.From(limited, second).App);
        await MigrateAsync(limited, second);
        await AssertAllSignInAsync(RoleConnections.From(limited, second));
        await AssertRefusedAsync(RoleConnections.From(limited, first).App);
    }

    private static Task MigrateAsync(string admin, RolePasswords passwords) =>
        Migrator.MigrateAsync(admin, new MigratorOptions { Passwords = passwords }, NullLogger.Instance, Ct);

    private static async Task AssertAllSignInAsync(RoleConnections connections)
    {
        foreach (var connection in new[] { connections.Owner, connections.App, connections.Engine, connections.Lookup, connections.Jobs })
        {
            Assert.Equal("product", await Workplace.AskAsync(Unpooled(connection), "select current_database()::text"));
        }
    }

    private static async Task AssertRefusedAsync(string connection)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => Workplace.AskAsync(Unpooled(connection), "select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
    }

    private static string Unpooled(string connection) => new NpgsqlConnectionStringBuilder(connection) { Pooling = false }.ConnectionString;
}
