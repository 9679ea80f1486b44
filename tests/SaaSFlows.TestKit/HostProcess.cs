using System.Diagnostics;
using System.Text;
using Xunit;

namespace SaaSFlows.TestKit;

/// <summary>The real program, started as a process of its own. The test project must reference the Host.</summary>
public sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var command = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "SaaSFlows.Host"),
            [
                "--urls=http://127.0.0.1:0",
                "--Studio:Build=false",
                "--RateLimits:Enabled=false",
                "--Overload:Enabled=false",
                "--WarmUp:Time=00:00:00",
                "--Webhooks:DefaultRateLimit=100000",
                "--Shutdown:Delay=00:00:00",
                .. arguments,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            command.Environment[name] = value;
        }

        _process = new Process { StartInfo = command };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="arguments">Settings such as <c>--Demo:Enabled=false</c>; a later one wins. Without <c>--urls</c> it listens on any free
    /// port.</param>
    public static HostProcess Start(params string[] arguments) => new(new Dictionary<string, string>(), arguments);

    /// <param name="environment">Variables that it gets besides this process's own.</param>
    /// <inheritdoc cref="Start(string[])"/>
    public static HostProcess Start(IReadOnlyDictionary<string, string> environment, params string[] arguments) => new(environment, arguments);

    /// <summary>The address it listens on, once it does.</summary>
    public async Task<Uri> ReadyAsync()
    {
        var ended = _process.WaitForExitAsync(Ct);
        await Task.WhenAny(_ready.Task, ended).WaitAsync(TimeSpan.FromMinutes(2), Ct);
        return _ready.Task.IsCompleted ? await _ready.Task : throw new InvalidOperationException($"The Host ended before it was ready: {Output}");
    }

    /// <summary>Completes when it has ended by itself or by a signal.</summary>
    public Task EndAsync() => _process.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromMinutes(2), Ct);

    /// <summary>SIGTERM: it ends in order.</summary>
    public void Interrupt() => Signal("TERM");

    /// <summary>SIGSTOP: it stands still and does not know.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>SIGCONT: it goes on as if no time had passed.</summary>
    public void Resume() => Signal("CONT");

    /// <summary>SIGKILL: no clean-up of any kind.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(Ct);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Signal(string name) => Process.Start("kill", ["-" + name, $"{_process.Id}"]).WaitForExit();

    private void Read(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }

        const string Ready = "SaaSFlows is ready: ";
        // A line of text, or of JSON.
        if (line?.IndexOf(Ready, StringComparison.Ordinal) is >= 0 and var at)
        {
            _ready.TrySetResult(new Uri(line[(at + Ready.Length)..].Split('"')[0]));
        }
    }
}
