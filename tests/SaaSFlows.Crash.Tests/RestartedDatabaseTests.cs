using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SaaSFlows.LocalSetup;
using SaaSFlows.LocalSetup.Embedded;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>PostgreSQL goes away under load: once in order, once by SIGKILL.</summary>
public sealed class RestartedDatabaseTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(90);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("saasflows-crash-");
    private readonly EffectReceiver _receiver = new();
    private EmbeddedPostgres _server = null!;
    private EmbeddedPostgresOptions _options = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        _options = new()
        {
            BinariesDirectory = await EmbeddedBinaries.EnsureAsync(RepositoryRoot.Find()!, _ => { }, Ct),
            DataDirectory = Path.Combine(_folder.FullName, "data"),
            Port = FreePort.Next(),
        };
        _server = await EmbeddedPostgres.StartAsync(_options, NullLogger.Instance, Ct);
    }

    [Fact]
    public async Task Nothing_acknowledged_is_lost_when_PostgreSQL_stops_and_when_it_dies()
    {
        var deliveries = Long.Tests ? 5_000 : 240;
        var port = FreePort.Next();
        var postgres = _server.AdminConnectionString;
        using var host = await CrashHost.StartAsync(postgres, _folder.CreateSubdirectory("keys"), port);
        using var sender = await Sender.CreateAsync(port, _receiver.Url);
        var sending = sender.SendAsync(port, deliveries);

        await Eventually.True(() => sender.Accepted.Count >= deliveries / 3, _patience, Ct);
        await _server.StopAsync(Ct);
        _server = await EmbeddedPostgres.StartAsync(_options, NullLogger.Instance, Ct);
        await Eventually.True(() => sender.Accepted.Count >= deliveries * 2 / 3, _patience, Ct);
        await KillServerAsync();
        _server = await EmbeddedPostgres.StartAsync(_options, NullLogger.Instance, Ct);

        await sending;
        var ledger = new Ledger(postgres);
        await ledger.EveryExecutionEndedOnceAsync(_patience);
        await ledger.EveryEffectHasOneKeyAsync(sender.Accepted, _receiver);
    }

    public async ValueTask DisposeAsync()
    {
        _receiver.Dispose();
        await _server.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private async Task KillServerAsync()
    {
        var file = Path.Combine(_server.DataDirectory, "cluster", "postmaster.pid");
        var id = int.Parse((await File.ReadAllLinesAsync(file, Ct))[0], CultureInfo.InvariantCulture);
        using var postmaster = Process.GetProcessById(id);
        postmaster.Kill();
        await postmaster.WaitForExitAsync(Ct);
        await _server.DisposeAsync();
    }
}
