using SaaSFlows.Crash.Tests.Probe;
using SaaSFlows.Engine.Running;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>The program with leases short enough for a test to wait for.</summary>
internal static class CrashHost
{
    /// <summary>How long an execution stays with a process that has gone silent.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    public static Task<HostProcess> StartAsync(TestDatabase database, DirectoryInfo keys, int port) =>
        StartAsync(database.AdminConnectionString, keys, port);

    /// <param name="dieAt">The point at which the process kills itself the first time that it gets there.</param>
    /// <param name="lease">Null for <see cref="Lease"/>.</param>
    public static async Task<HostProcess> StartAsync(string postgres, DirectoryInfo keys, int port, CrashPoint? dieAt = null, TimeSpan? lease = null)
    {
        var host = HostProcess.Start(
            dieAt is null
                ? new Dictionary<string, string>()
                : new Dictionary<string, string>
                {
                    ["DOTNET_STARTUP_HOOKS"] = typeof(CrashStartup).Assembly.Location,
                    ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = typeof(CrashStartup).Assembly.GetName().Name!,
                    [CrashStartup.Variable] = dieAt.Value.ToString(),
                },
            $"--urls=http://127.0.0.1:{port}",
            $"--ConnectionStrings:Postgres={postgres}",
            $"--Vault:KeyDirectory={keys.FullName}",
            "--Outbound:AllowPrivateNetworks=true",
            $"--Worker:Lease={lease ?? Lease}",
            "--Logging:LogLevel:Default=Warning"
        );
        await host.ReadyAsync();
        return host;
    }
}
