using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using SaaSFlows.LocalSetup.Embedded;

namespace SaaSFlows.LocalSetup;

/// <summary>Brings what a checkout lacks before the program can start. Disposing stops the embedded server.</summary>
public sealed class FirstRun : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _server;

    private FirstRun(EmbeddedPostgres? server) => _server = server;

    /// <summary>The database <c>saasflows</c> of the server that was started; null if none was wanted.</summary>
    public string? ConnectionString => _server?.AdminConnectionStringTo("saasflows");

    /// <summary>Installs, builds and starts what is missing. Interrupting the process ends it in order.</summary>
    /// <exception cref="LocalSetupException">Something is missing that we can't bring; the message says what to do.</exception>
    public static async Task<FirstRun> RunAsync(string root, FirstRunOptions options, ILogger<EmbeddedPostgres> logger)
    {
        using var cancel = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        return await RunAsync(root, options, logger, new Progress(), cancel.Token);

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

    private static async Task<FirstRun> RunAsync(
        string root,
        FirstRunOptions options,
        ILogger<EmbeddedPostgres> logger,
        Progress progress,
        CancellationToken ct
    )
    {
        if ((options.StartsServer || options.BuildsStudio) && !NodePackages.AreCurrent(root))
        {
            progress.Say("Installing npm packages …");
            await NodePackages.EnsureAsync(root, progress.Quote, ct);
        }

        if (options.BuildsStudio)
        {
            await StudioBuild.EnsureAsync(root, progress, ct);
        }

        return new(options.StartsServer ? await StartServerAsync(root, options, logger, progress, ct) : null);
    }

    private static async Task<EmbeddedPostgres> StartServerAsync(
        string root,
        FirstRunOptions options,
        ILogger<EmbeddedPostgres> logger,
        Progress progress,
        CancellationToken ct
    )
    {
        progress.Say("Starting PostgreSQL …");
        var server = await EmbeddedPostgres.StartAsync(
            new()
            {
                BinariesDirectory = await EmbeddedBinaries.EnsureAsync(root, progress.Quote, ct),
                DataDirectory = options.DataDirectory ?? Path.Combine(root, ".data", "postgres"),
                Port = options.Port,
            },
            logger,
            ct
        );
        progress.Say($"PostgreSQL runs on port {server.Port}, data in {server.DataDirectory}.");
        return server;
    }
}
