using System.Diagnostics;

namespace SaaSFlows.LocalSetup.Embedded.Internal;

/// <summary>A server that is our child and ends with us.</summary>
internal sealed class ServerProcess
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess() { }

    /// <summary>Completes when the server has ended and is reaped.</summary>
    public Task Exited => _exited.Task;

    /// <summary>Starts the command. Linux sends the death signal when the starting *thread* ends, so this one lives as long as the server.</summary>
    public static async Task<ServerProcess> StartAsync(ProcessStartInfo command)
    {
        var server = new ServerProcess();
        new Thread(() => server.Run(command)) { IsBackground = true, Name = "embedded PostgreSQL" }.Start();
        await server._started.Task;
        return server;
    }

    private void Run(ProcessStartInfo command)
    {
        try
        {
            using var process = Process.Start(command)!;
            _started.SetResult();
            process.WaitForExit();
            _exited.SetResult();
        }
        catch (Exception e) when (!_started.Task.IsCompleted)
        {
            _started.SetException(e);
        }
    }
}
