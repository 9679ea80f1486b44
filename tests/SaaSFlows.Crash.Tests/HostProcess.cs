using System.Diagnostics;
using SaaSFlows.TestKit;

namespace SaaSFlows.Crash.Tests;

/// <summary>The product as a process of its own, to be killed.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly List<string> output = [];

    private HostProcess(Process process) => this.process = process;

    /// <summary>Starts it on a port and waits until it is healthy.</summary>
    public static async Task<HostProcess> StartAsync(string connectionString, string keys, int port, CancellationToken ct)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", Path.Combine(AppContext.BaseDirectory, "SaaSFlows.Host.dll") },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ConnectionStrings__Postgres"] = connectionString,
                ["Vault__KeyDirectory"] = keys,
                ["Outbound__AllowPrivateNetworks"] = "true",
                ["Studio__Build"] = "false",
                ["Demo__Enabled"] = "false",
                ["Worker__Lease"] = "00:00:03",
                ["Worker__Heartbeat"] = "00:00:01",
                ["Logging__LogLevel__Default"] = "Warning",
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            },
        };
        var host = new HostProcess(Process.Start(start)!);
        host.process.OutputDataReceived += (_, line) => host.Keep(line.Data);
        host.process.ErrorDataReceived += (_, line) => host.Keep(line.Data);
        host.process.BeginOutputReadLine();
        host.process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.True(
            async () =>
            {
                if (host.process.HasExited)
                {
                    throw new InvalidOperationException("The host ended: " + host.Output);
                }

                try
                {
                    return (await client.GetAsync("/health", ct)).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60),
            ct);
        return host;
    }

    public string Output
    {
        get
        {
            lock (output)
            {
                return string.Join('\n', output);
            }
        }
    }

    /// <summary>SIGKILL: no clean-up of any kind.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private void Keep(string? line)
    {
        lock (output)
        {
            output.Add(line ?? string.Empty);
        }
    }
}
