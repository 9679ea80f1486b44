using System.Runtime.InteropServices;
using SaaSFlows.Host.Operations;
using SaaSFlows.Postgres.Embedded;

namespace SaaSFlows.Host.FirstRun;

/// <summary>What has to be there before the app can start; on a fresh checkout all of it is made here. Disposing stops the embedded server.</summary>
internal sealed class LocalSetup : IAsyncDisposable
{
    private const string Database = "ConnectionStrings:Postgres";
    private readonly EmbeddedPostgres? _server;

    private LocalSetup(EmbeddedPostgres? server) => _server = server;

    /// <summary>Whether the database is the checkout's own.</summary>
    public bool IsOwnDatabase => _server is not null;

    /// <summary>Installs, builds and starts what is missing, and leaves the database's address in the configuration.</summary>
    /// <exception cref="LocalSetupException">Something is missing that we can't bring; the message says what to do.</exception>
    public static async Task<LocalSetup> RunAsync(WebApplicationBuilder builder)
    {
        using var cancel = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        return await RunAsync(builder, new Progress(), cancel.Token);

        void Cancel(PosixSignalContext signal)
        {
            signal.Cancel = true;
            cancel.Cancel();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private static async Task<LocalSetup> RunAsync(WebApplicationBuilder builder, Progress progress, CancellationToken ct)
    {
        var root = RepositoryRoot.Find();
        var needsServer = string.IsNullOrEmpty(builder.Configuration[Database]);
        var buildsStudio = root is not null && builder.Configuration.Studio() is { Build: true, Directory: null };
        if (needsServer && root is null)
        {
            throw new LocalSetupException(
                $"Set {Database} (environment: ConnectionStrings__Postgres) to a PostgreSQL 15 or newer. Only a checkout starts its own server."
            );
        }

        if (root is not null && (needsServer || buildsStudio) && !NodePackages.AreCurrent(root))
        {
            progress.Say("Installing npm packages …");
            await NodePackages.EnsureAsync(root, progress.Quote, ct);
        }

        if (buildsStudio)
        {
            await StudioBuild.EnsureAsync(root!, progress, ct);
        }

        return new LocalSetup(needsServer ? await StartServerAsync(builder, root!, progress, ct) : null);
    }

    private static async Task<EmbeddedPostgres> StartServerAsync(WebApplicationBuilder builder, string root, Progress progress, CancellationToken ct)
    {
        progress.Say("Starting PostgreSQL …");
        var wanted = builder.Configuration.EmbeddedServer();
        using var loggers = Logs.BeforeStart(builder.Configuration, builder.Configuration.Telemetry());
        var options = new EmbeddedPostgresOptions
        {
            BinariesDirectory = await EmbeddedBinaries.EnsureAsync(root, progress.Quote, ct),
            DataDirectory = wanted.DataDirectory ?? Path.Combine(root, ".data", "postgres"),
            Port = wanted.Port,
        };
        var server = await EmbeddedPostgres.StartAsync(options, loggers.CreateLogger<EmbeddedPostgres>(), ct);
        builder.Configuration[Database] = server.AdminConnectionStringTo("saasflows");
        progress.Say($"PostgreSQL runs on port {server.Port}, data in {server.DataDirectory}.");
        return server;
    }
}
