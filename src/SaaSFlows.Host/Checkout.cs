using SaaSFlows.Host.Configuration;
#if CHECKOUT
using SaaSFlows.Host.Operations;
using SaaSFlows.LocalSetup;
using SaaSFlows.LocalSetup.Embedded;
#endif

namespace SaaSFlows.Host;

/// <summary>What a program that runs in a checkout has besides. What is shipped is built without it.</summary>
internal sealed class Checkout : IAsyncDisposable
{
    private const string Database = "ConnectionStrings:Postgres";

#if CHECKOUT
    private readonly FirstRun? _made;

    private Checkout(FirstRun? made) => _made = made;

    /// <summary>Its folder; null outside of one.</summary>
    public static string? Root { get; } = RepositoryRoot.Find();

    /// <summary>Whether the database is the checkout's own.</summary>
    public bool IsOwnDatabase => _made?.ConnectionString is not null;

    /// <summary>In a checkout, makes what is missing. Leaves the database's address in the configuration.</summary>
    /// <exception cref="SettingException">There is no database, or something is missing that we can't bring; the message says what to do.</exception>
    public static async Task<Checkout> SetUpAsync(WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var startsServer = string.IsNullOrEmpty(configuration[Database]);
        if (Root is null)
        {
            return startsServer ? throw DatabaseMissing() : new(null);
        }

        var buildsStudio = configuration.Studio() is { Build: true, Directory: null };
        var server = configuration.EmbeddedServer();
        using var loggers = Logs.BeforeStart(configuration, configuration.Telemetry());
        try
        {
            var options = new FirstRunOptions(startsServer, buildsStudio, server.DataDirectory, server.Port);
            var made = await FirstRun.RunAsync(Root, options, loggers.CreateLogger<EmbeddedPostgres>());
            configuration[Database] = made.ConnectionString ?? configuration[Database];
            return new(made);
        }
        catch (LocalSetupException error)
        {
            throw new SettingException(error.Message);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_made is not null)
        {
            await _made.DisposeAsync();
        }
    }
#else
    public static string? Root => null;

    public bool IsOwnDatabase => false;

    public static Task<Checkout> SetUpAsync(WebApplicationBuilder builder) =>
        string.IsNullOrEmpty(builder.Configuration[Database]) ? throw DatabaseMissing() : Task.FromResult(new Checkout());

    public ValueTask DisposeAsync() => default;
#endif

    private static SettingException DatabaseMissing() =>
        new($"Set {Database} (environment: ConnectionStrings__Postgres) to a PostgreSQL 15 or newer. Only a checkout starts its own server.");
}
