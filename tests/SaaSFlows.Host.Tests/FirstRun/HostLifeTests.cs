using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using SaaSFlows.TestKit;

namespace SaaSFlows.Host.Tests.FirstRun;

/// <summary>The program with its embedded server, from the start to each kind of end.</summary>
public sealed class HostLifeTests : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("saasflows-host-").FullName;

    public HostLifeTests() => File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string PidFile => Path.Combine(_folder, "data", "cluster", "postmaster.pid");

    [Fact]
    public async Task Terminated_host_answers_until_then_and_stops_its_server()
    {
        using var host = Start();
        using var client = new HttpClient();
        Assert.True((await client.GetAsync(new Uri(await host.ReadyAsync(), "/health"), TestContext.Current.CancellationToken)).IsSuccessStatusCode);
        Assert.True(File.Exists(PidFile));

        host.Interrupt();
        await host.EndAsync();

        Assert.Equal(0, host.ExitCode);
        Assert.False(File.Exists(PidFile));
    }

    [Fact]
    public async Task Killed_host_takes_its_server_with_it_and_the_next_one_starts()
    {
        using var first = Start();
        await first.ReadyAsync();

        await first.KillAsync();
        await Eventually.True(() => !File.Exists(PidFile), _patience, TestContext.Current.CancellationToken);

        using var second = Start();
        await second.ReadyAsync();
        Assert.DoesNotContain("Created a new database cluster", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_host_on_the_same_data_says_so_and_ends()
    {
        using var first = Start();
        await first.ReadyAsync();

        using var second = Start();
        await second.EndAsync();

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("Another SaaSFlows process already uses the database", second.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(PidFile));
    }

    [Fact]
    public async Task Server_that_dies_is_started_again()
    {
        using var host = Start();
        using var client = new HttpClient { BaseAddress = await host.ReadyAsync() };
        using (var postmaster = Process.GetProcessById(int.Parse((await File.ReadAllLinesAsync(PidFile, Ct))[0], CultureInfo.InvariantCulture)))
        {
            postmaster.Kill();
        }

        // It may be back before anybody but its keeper notices.
        await Eventually.True(
            () => host.Output.Contains("The embedded server ended by itself, and is started again", StringComparison.Ordinal),
            _patience,
            Ct
        );
        var signIn = new { email = "demo@saasflows.example", password = "demo-demo-demo" };
        await Eventually.True(async () => (await client.PostAsJsonAsync("/api/v1/auth/login", signIn, Ct)).IsSuccessStatusCode, _patience, Ct);
        host.Interrupt();
        await host.EndAsync();
        Assert.False(File.Exists(PidFile));
    }

    [Fact]
    public async Task Taken_port_is_told_in_a_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        using var host = HostProcess.Start(
            $"--EmbeddedPostgres:DataDirectory={Path.Combine(_folder, "data")}",
            $"--urls=http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}"
        );

        await host.EndAsync();

        Assert.Equal(1, host.ExitCode);
        Assert.Contains("address already in use. Stop the program that listens there", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--ConnectionStrings:Postgres=garbage", "ConnectionStrings:Postgres")]
    [InlineData("--ConnectionStrings:Postgres=Host=x;Port=hidden-word", "ConnectionStrings:Postgres")]
    [InlineData("--urls=nonsense", "Urls")]
    [InlineData("--urls=http://127.0.0.1:99999", "Urls")]
    [InlineData("--Grpc:Url=ftp://127.0.0.1:1", "Grpc:Url")]
    public async Task Addresses_that_are_none_are_told_in_a_sentence(string setting, string name)
    {
        using var host = HostProcess.Start(setting);

        await host.EndAsync();

        Assert.Equal(1, host.ExitCode);
        Assert.Contains($"{name} ", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Database_that_is_not_there_is_told_in_a_sentence()
    {
        using var host = HostProcess.Start("--ConnectionStrings:Postgres=Host=127.0.0.1;Port=1;Username=postgres;Password=hidden-word");

        await host.EndAsync();

        Assert.Equal(1, host.ExitCode);
        Assert.Contains("The database at 127.0.0.1:1 does not answer", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", host.Output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        // The server of a killed host is still writing its last files: it goes a moment later than its host.
        await Eventually.True(() => !File.Exists(PidFile), _patience, CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private HostProcess Start() => HostProcess.Start($"--EmbeddedPostgres:DataDirectory={Path.Combine(_folder, "data")}");
}
