using Microsoft.Extensions.Logging;
using Npgsql;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>
/// The connections of the three roles that serve requests. App's are used through <see cref="TenantDatabase"/> only: without a tenant
/// they show nothing.
/// </summary>
public sealed class PostgresPools : IAsyncDisposable
{
    internal PostgresPools(RoleConnections connections, ILoggerFactory loggers)
    {
        App = new("app", connections.App, loggers);
        AppPlaces = new(new NpgsqlConnectionStringBuilder(connections.App).MaxPoolSize);
        Engine = new("engine", connections.Engine, loggers);
        Lookup = new("lookup", connections.Lookup, loggers);
        Signals = new("signals", new NpgsqlConnectionStringBuilder(connections.Engine) { Pooling = false, KeepAlive = 15 }.ConnectionString, loggers);
    }

    /// <summary>Finds users, tenants and webhooks before a tenant is known.</summary>
    public ConnectionPool Lookup { get; }

    internal ConnectionPool App { get; }

    /// <summary>Who may use a connection of <see cref="App"/>.</summary>
    internal TenantPlaces AppPlaces { get; }

    internal ConnectionPool Engine { get; }

    /// <summary>Connections of their own for LISTEN and NOTIFY, outside of the engine's pool.</summary>
    internal ConnectionPool Signals { get; }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Engine.DisposeAsync();
        await Lookup.DisposeAsync();
        await Signals.DisposeAsync();
    }
}
