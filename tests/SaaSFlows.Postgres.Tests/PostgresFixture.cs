using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.Postgres.Tests.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Postgres.Tests;

/// <summary>A migrated database with the project's services, and two tenants that have workflows.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private ServiceProvider? services;

    public RoleConnections Connections => database.Roles;

    public IServiceProvider Services => services!;

    /// <summary>A superuser's connections, for looking past the walls.</summary>
    public NpgsqlDataSource Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        Admin = NpgsqlDataSource.Create(database.AdminConnectionString);
        services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IModelPart, CommunitiesPart>()
            .AddPostgres(Connections)
            .BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await services!.DisposeAsync();
        await Admin.DisposeAsync();
        await database.DisposeAsync();
    }

    public async Task<object?> ScalarAsync(string sql, params object[] parameters) => await ScalarAsync(Admin, sql, parameters);

    public async Task ExecuteAsync(string sql, params object[] parameters) => await ScalarAsync(sql, parameters);

    public static async Task<object?> ScalarAsync(NpgsqlDataSource source, string sql, params object[] parameters)
    {
        await using var command = source.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
