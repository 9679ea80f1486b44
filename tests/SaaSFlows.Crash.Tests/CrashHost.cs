using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>The program with leases short enough for a test to wait for.</summary>
internal static class CrashHost
{
    public static async Task<HostProcess> StartAsync(TestDatabase database, DirectoryInfo keys, int port)
    {
        var host = HostProcess.Start(
            $"--urls=http://127.0.0.1:{port}",
            $"--ConnectionStrings:Postgres={database.AdminConnectionString}",
            $"--Vault:KeyDirectory={keys.FullName}",
            "--Outbound:AllowPrivateNetworks=true",
            "--Worker:Lease=00:00:03",
            "--Logging:LogLevel:Default=Warning");
        await host.ReadyAsync();
        return host;
    }
}
