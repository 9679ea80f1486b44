using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.Postgres.Migrations;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>
/// The connections of the three roles that serve requests. App's are used through <see cref="TenantDatabase"/> only: without a tenant
/// they show nothing.
/// </summary>
public sealed class PostgresPools : IAsyncDisposable
{
    internal PostgresPools(RoleConnections connections, ILoggerFactory loggers)
    {
        App = Build("app", connections.App, loggers);
        Engine = Build("engine", connections.Engine, loggers);
        Lookup = Build("lookup", connections.Lookup, loggers);
        Signals = Build("signals", new NpgsqlConnectionStringBuilder(connections.Engine) { Pooling = false, KeepAlive = 15 }.ConnectionString, loggers);
    }

    /// <summary>Finds users, tenants and webhooks before a tenant is known.</summary>
    public NpgsqlDataSource Lookup { get; }

    internal NpgsqlDataSource App { get; }

    internal NpgsqlDataSource Engine { get; }

    /// <summary>Connections of their own for LISTEN and NOTIFY, outside of the engine's pool.</summary>
    internal NpgsqlDataSource Signals { get; }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Engine.DisposeAsync();
        await Lookup.DisposeAsync();
        await Signals.DisposeAsync();
    }

    // The name is what metrics call the pool; without one it would be the connection string.
    private static NpgsqlDataSource Build(string name, string connectionString, ILoggerFactory loggers) =>
        new NpgsqlDataSourceBuilder(connectionString) { Name = name }.UseLoggerFactory(loggers).Build();
}
