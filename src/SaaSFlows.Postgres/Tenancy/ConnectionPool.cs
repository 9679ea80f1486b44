using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SaaSFlows.Postgres.Tenancy;

/// <summary>
/// The connections of one role. A flow of calls holds one of them at a time: callers that each hold one and wait for a second can take the last ones
/// of the pool, and then everybody waits. Debug builds throw at the attempt, release builds log it. Safe for concurrent use.
/// </summary>
public sealed partial class ConnectionPool : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly ILogger _logger;

    // What the flow has taken. A list of its own for each flow: calls that a flow makes see what their caller holds, never the other way round.
    private readonly AsyncLocal<Taken?> _taken = new();

    internal ConnectionPool(string name, string connectionString, ILoggerFactory loggers)
    {
        // The name is what metrics call the pool; without one it would be the connection string.
        _source = new NpgsqlDataSourceBuilder(connectionString) { Name = name }
            .UseLoggerFactory(loggers)
            .Build();
        (Name, _logger) = (name, loggers.CreateLogger<ConnectionPool>());
        Interceptor = new OpeningInterceptor(this);
    }

    /// <summary>The role: app, engine or lookup.</summary>
    public string Name { get; }

    /// <summary>For contexts of EF Core, which open their connections themselves.</summary>
    public IInterceptor Interceptor { get; }

    /// <summary>For EF Core's configuration only: it does not say who holds what.</summary>
    internal NpgsqlDataSource Source => _source;

    /// <summary>An open connection; disposing it gives it back.</summary>
    /// <exception cref="InvalidOperationException">The flow holds one already: pass that on.</exception>
    public ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken ct)
    {
        // Not async: what an async method puts into an AsyncLocal is gone when it returns.
        Check(null);
        return OpenAsync(CreateConnection(), ct);
    }

    /// <summary>A connection that is closed yet, for a context that opens it when needed.</summary>
    public NpgsqlConnection CreateConnection()
    {
        var connection = _source.CreateConnection();
        Take(connection);
        return connection;
    }

    /// <summary>For what asks the pool now and then, such as a cache: says that callers must not hold a connection.</summary>
    public void DemandFree() => Check(null);

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    /// <summary>Says that the flow uses the connection as long as that is open.</summary>
    internal void Take(NpgsqlConnection connection) => _taken.Value = new(connection, OpenOnes(_taken.Value, connection));

    private static async ValueTask<NpgsqlConnection> OpenAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // Forgets what was given back, so that a long flow keeps nothing alive.
    private static Taken? OpenOnes(Taken? taken, NpgsqlConnection opening)
    {
        while (taken is not null && (taken.Connection == opening || taken.Connection.State == ConnectionState.Closed))
        {
            taken = taken.Before;
        }

        return taken;
    }

    private void Check(DbConnection? opening)
    {
        for (var taken = _taken.Value; taken is not null; taken = taken.Before)
        {
            if (taken.Connection != opening && taken.Connection.State != ConnectionState.Closed)
            {
#if DEBUG
                throw new InvalidOperationException($"This flow holds a connection of the pool {Name} and asks for another. Pass it on.");
#else
                Log.Second(_logger, Name, Environment.StackTrace);
                return;
#endif
            }
        }
    }

    private sealed record Taken(NpgsqlConnection Connection, Taken? Before);

    private sealed class OpeningInterceptor(ConnectionPool pool) : DbConnectionInterceptor
    {
        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection,
            ConnectionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default
        )
        {
            pool.Check(connection);
            return new(result);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 3701,
            Level = LogLevel.Error,
            Message = "A flow that holds a connection of the pool {Pool} asked for another; under load this stops everybody {Stack}"
        )]
        public static partial void Second(ILogger logger, string pool, string stack);
    }
}
