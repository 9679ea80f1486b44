using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SaaSFlows.Postgres.Migrations;

namespace SaaSFlows.TestKit;

/// <summary>The PostgreSQL that all test processes of a checkout share, and the migrated template in it.</summary>
public static class TestServer
{
    private const string Container = "container:";

    private static readonly Lazy<Task<string>> _server = new(StartAsync);
    private static readonly Lazy<Task<string>> _template = new(MakeTemplateAsync);

    /// <summary>A superuser's connection to the server's database <c>postgres</c>.</summary>
    public static Task<string> AdminConnectionStringAsync(CancellationToken ct) => _server.Value.WaitAsync(ct);

    /// <summary>The database that others are cloned from: migrated, named by the migrations, made once.</summary>
    public static Task<string> TemplateAsync(CancellationToken ct) => _template.Value.WaitAsync(ct);

    internal static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    private static Task<string> StartAsync() =>
        Environment.GetEnvironmentVariable("SAASFLOWS_TEST_DB") switch
        {
            null or "" => SharedServer.StartAsync(),
            var text when text.StartsWith(Container, StringComparison.Ordinal) => ContainerServer.StartAsync(text[Container.Length..]),
            var connectionString => Task.FromResult(connectionString),
        };

    // One process makes it (an advisory lock tells which), under another name first, so that a killed one leaves no half template.
    private static async Task<string> MakeTemplateAsync()
    {
        var admin = await _server.Value;
        var name = "template_" + Migrator.Fingerprint;
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(admin) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await RunAsync("select pg_advisory_lock(5870)");
        if (await RunAsync($"select 1 from pg_database where datname = '{name}'") is not null)
        {
            return name;
        }

        await RunAsync($"drop database if exists {name}_half with (force)");
        await RunAsync($"create database {name}_half");
        await Migrator.MigrateAsync(
            new NpgsqlConnectionStringBuilder(admin) { Database = name + "_half", Pooling = false }.ConnectionString,
            new MigratorOptions(),
            NullLogger.Instance,
            CancellationToken.None
        );
        await RunAsync($"alter database {name}_half rename to {name}");
        return name;

        async Task<object?> RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
            return await command.ExecuteScalarAsync();
        }
    }
}
