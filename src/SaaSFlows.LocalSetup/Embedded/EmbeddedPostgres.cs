using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;
using SaaSFlows.LocalSetup.Embedded.Internal;

namespace SaaSFlows.LocalSetup.Embedded;

/// <summary>A PostgreSQL server of our own, for a checkout without one. Dispose to stop it (a shared one is only let go).</summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const int Attempts = 5;
    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _betweenRestarts = TimeSpan.FromSeconds(5);
    private readonly EmbeddedPostgresOptions _options;
    private readonly ServerAccount _account;
    private readonly ServerHome _home;
    private readonly Cluster _cluster;
    private readonly ILogger _logger;
    private FileLock? _lock;
    private ServerProcess? _process;
    private readonly CancellationTokenSource _stopping = new();
    private Task _keeping = Task.CompletedTask;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, ServerAccount account, ServerHome home, ILogger logger)
    {
        (_options, _account, _home, _logger) = (options, account, home, logger);
        _cluster = new Cluster(home, account, options);
    }

    /// <summary>Connects the superuser <c>postgres</c> to the database <c>postgres</c>.</summary>
    public string AdminConnectionString { get; private set; } = "";

    /// <summary>Connects the superuser to another database, which need not exist yet.</summary>
    public string AdminConnectionStringTo(string database) =>
        new NpgsqlConnectionStringBuilder(AdminConnectionString) { Database = database }.ConnectionString;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>Where the data really is: not in the checkout if the server's user can't enter it.</summary>
    public string DataDirectory => _home.Directory;

    /// <summary>Starts the server (makes its cluster first when there is none) and returns when it answers.</summary>
    /// <exception cref="LocalSetupException">Another process uses the data, or the server can't run here.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, ILogger logger, CancellationToken ct)
    {
        options = options with
        {
            BinariesDirectory = Path.GetFullPath(options.BinariesDirectory),
            DataDirectory = Path.GetFullPath(options.DataDirectory),
        };
        var account = new ServerAccount(options.ServerUserId);
        var home = await ServerHome.ResolveAsync(options, account, ct);
        var server = new EmbeddedPostgres(options, account, home, logger)
        {
            _lock = options.Shared
                ? await FileLock.ExclusiveAsync(home.LockFile, ct)
                : FileLock.TryExclusive(home.LockFile)
                    ?? throw new LocalSetupException(
                        $"Another SaaSFlows process already uses the database in {home.Directory}. "
                            + "Stop it first, or give this one a database of its own with ConnectionStrings:Postgres."
                    ),
        };
        try
        {
            await server.StartAsync(ct);
        }
        catch
        {
            server.ReleaseLock();
            throw;
        }

        if (options.Shared)
        {
            server.ReleaseLock();
        }

        return server;
    }

    /// <summary>Ends the server: open transactions are rolled back, everything committed is on disk.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        await _stopping.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (await Postmaster.FindAsync(_home.Cluster, _account, ct) is not null)
        {
            await PgCtlAsync(["stop", "--mode=fast", "--wait"], ct);
        }

        while (_process is { Exited.IsCompleted: false })
        {
            // One that was just being started again may not have said yet where it is.
            await Task.Delay(_poll, ct);
            if (await Postmaster.FindAsync(_home.Cluster, _account, ct) is not null)
            {
                await PgCtlAsync(["stop", "--mode=fast", "--wait"], ct);
            }
        }

        ReleaseLock();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_options.Shared && _lock is not null)
        {
            await StopAsync(CancellationToken.None);
        }

        _stopping.Dispose();
    }

    private async Task StartAsync(CancellationToken ct)
    {
        if (!_cluster.Exists)
        {
            await _cluster.CreateAsync(ct);
            Log.Created(_logger, _home.Cluster);
        }

        if (await Postmaster.FindAsync(_home.Cluster, _account, ct) is { } running && !await AdoptAsync(running, ct))
        {
            Log.Orphan(_logger, running.ProcessId);
            await PgCtlAsync(["stop", "--mode=fast", "--wait"], ct);
        }

        if (Port == 0)
        {
            await _account.GiveAsync(_home.Cluster, ct);
            await StartServerAsync(ct);
            Log.Started(_logger, Port, _home.Directory);
            _keeping = KeepAsync(_stopping.Token);
        }
    }

    private async Task<bool> AdoptAsync(Postmaster running, CancellationToken ct)
    {
        if (!_options.Shared || !await AnswersAsync(running.Port, ct))
        {
            return false;
        }

        Use(running.Port);
        Log.Found(_logger, running.ProcessId, running.Port);
        return true;
    }

    // A start can fail for reasons that pass: the port was taken in between, or the last server's children are still on their way out.
    private async Task StartServerAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            // A server that is started again has to be where everybody looks for it.
            var port = Port != 0 ? Port : _options.Port ?? FreePort();
            await _cluster.ConfigureAsync(port, ct);
            if (await LaunchAsync(ct) && await WaitUntilReadyAsync(port, ct))
            {
                Use(port);
                return;
            }

            var output = _cluster.ReadLog();
            if (attempt == Attempts)
            {
                throw new LocalSetupException($"The embedded PostgreSQL in {_home.Directory} does not start:{Environment.NewLine}{output}");
            }

            Log.FailedAttempt(_logger, attempt, output);
            await Task.Delay(TimeSpan.FromMilliseconds(300), ct);
        }
    }

    private async Task<bool> LaunchAsync(CancellationToken ct)
    {
        const string IntoLog = "exec \"$0\" -D \"$1\" >>\"$1/server.log\" 2>&1 </dev/null";
        _process = null;
        var child = _options.Shared ? null : _account.CommandThatEndsWithUs("sh", "-c", IntoLog, _home.Program("postgres"), _home.Cluster);
        if (child is null)
        {
            var seconds = ((int)_options.StartTimeout.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
            return await PgCtlAsync(["start", "--wait", "--timeout=" + seconds, "--log=" + _home.LogFile], ct) == 0;
        }

        var process = await ServerProcess.StartAsync(child);
        _process = process;
        return true;
    }

    /// <summary>Starts the server again, on its port, each time that it ends by itself.</summary>
    private async Task KeepAsync(CancellationToken stopping)
    {
        try
        {
            while (_process is { } process)
            {
                await process.Exited.WaitAsync(stopping);
                Log.Died(_logger, _home.LogFile);
                await RestartAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Ended by us.
        }
    }

    private async Task RestartAsync(CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await StartServerAsync(stopping);
                Log.Restarted(_logger, Port);
                return;
            }
            catch (Exception error) when (error is LocalSetupException or IOException or UnauthorizedAccessException)
            {
                Log.NotRestarted(_logger, error.Message);
                await Task.Delay(_betweenRestarts, stopping);
            }
        }
    }

    private async Task<bool> WaitUntilReadyAsync(int port, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await AnswersAsync(port, ct))
        {
            if (_process is { Exited.IsCompleted: true })
            {
                return false;
            }

            if (Stopwatch.GetElapsedTime(start) > _options.StartTimeout)
            {
                await PgCtlAsync(["stop", "--mode=immediate"], ct);
                return false;
            }

            await Task.Delay(_poll, ct);
        }

        return true;
    }

    // Any server could have the port; only ours knows our password and our files.
    private async Task<bool> AnswersAsync(int port, CancellationToken ct)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString(port) + ";Pooling=false;Timeout=5");
            await connection.OpenAsync(ct);
            await using var ask = new NpgsqlCommand("show data_directory", connection);
            return await ask.ExecuteScalarAsync(ct) is string directory && Path.GetFullPath(directory) == _home.Cluster;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task<int> PgCtlAsync(string[] arguments, CancellationToken ct) =>
        (await ServerAccount.RunAsync(_account.Command(_home.Program("pg_ctl"), ["--pgdata=" + _home.Cluster, .. arguments]), ct)).ExitCode;

    private void Use(int port) => (Port, AdminConnectionString) = (port, ConnectionString(port));

    private string ConnectionString(int port)
    {
        var text = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "postgres",
            Database = "postgres",
        };
        text.Password = _cluster.ReadPassword();
        return text.ConnectionString;
    }

    private void ReleaseLock() => Interlocked.Exchange(ref _lock, null)?.Dispose();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
