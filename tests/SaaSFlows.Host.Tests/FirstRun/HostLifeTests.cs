using SaaSFlows.TestKit;

namespace SaaSFlows.Host.Tests.FirstRun;

/// <summary>The program with its embedded server, from the start to each kind of end.</summary>
public sealed class HostLifeTests : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private readonly string _folder = Directory.CreateTempSubdirectory("saasflows-host-").FullName;

    public HostLifeTests() => File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);

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

    public async ValueTask DisposeAsync()
    {
        // The server of a killed host is still writing its last files: it goes a moment later than its host.
        await Eventually.True(() => !File.Exists(PidFile), _patience, CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private HostProcess Start() => HostProcess.Start($"--EmbeddedPostgres:DataDirectory={Path.Combine(_folder, "data")}");
}
