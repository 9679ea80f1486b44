using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SaaSFlows.Host.Jobs;
using SaaSFlows.Postgres.Jobs;
using SaaSFlows.Postgres.Tenancy;
using SaaSFlows.TestKit;

namespace SaaSFlows.Host.Tests.Jobs;

/// <summary>The jobs' part of the process outlives an outage of the database: an exception that leaves it would end the process.</summary>
public sealed class JobServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Database_that_is_away_at_the_start_is_asked_again()
    {
        using var database = new ClosingListener();
        var time = new FakeTimeProvider();
        var connections = RoleConnections.From($"Host=127.0.0.1;Port={database.Port};Database=none", null);
        using var server = new JobServer(
            [],
            JobTables.Open(connections),
            new JobRunner([], NullLogger<JobRunner>.Instance),
            time,
            NullLogger<JobServer>.Instance
        );

        await server.StartAsync(Ct);
        await Eventually.True(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(5));
                Assert.False(server.ExecuteTask!.IsCompleted, $"{server.ExecuteTask.Exception}");
                return database.Visits >= 3;
            },
            TimeSpan.FromSeconds(60),
            Ct
        );

        await server.StopAsync(Ct);
    }

    /// <summary>Hangs up at once, as a server that is going down does.</summary>
    private sealed class ClosingListener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private int _visits;

        public ClosingListener()
        {
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public int Visits => Volatile.Read(ref _visits);

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            while (true)
            {
                using var visitor = await _listener.AcceptSocketAsync();
                Interlocked.Increment(ref _visits);
            }
        }
    }
}
