using SaaSFlows.LocalSetup;
using SaaSFlows.TestKit;

namespace SaaSFlows.Studio.Tests;

/// <summary>The studio in a real browser, in front of the real program.</summary>
public sealed class StudioJourneys(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task People_reach_their_ends_in_the_browser()
    {
        var ct = TestContext.Current.CancellationToken;
        var root = RepositoryRoot.Find()!;
        var keys = Directory.CreateTempSubdirectory("saasflows-keys");
        await NodePackages.EnsureAsync(root, Console.WriteLine, ct);
        using var alone = await FileLock.ExclusiveAsync(Path.Combine(root, ".data", "studio.lock"), ct);
        await NodePackages.RunAsync(root, ["run", "build", "--workspace", "studio"], Console.WriteLine, ct);

        using var host = HostProcess.Start(
            $"--ConnectionStrings:Postgres={database.AdminConnectionString}",
            $"--Vault:KeyDirectory={keys.FullName}",
            "--Outbound:AllowPrivateNetworks=true",
            "--Logging:LogLevel:Default=Warning"
        );
        Environment.SetEnvironmentVariable("SAASFLOWS_URL", (await host.ReadyAsync()).ToString());
        await NodePackages.RunAsync(root, ["run", "e2e", "--workspace", "studio"], Console.WriteLine, ct);
        keys.Delete(recursive: true);
    }
}
