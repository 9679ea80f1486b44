using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace SaaSFlows.LocalSetup;

/// <summary>How a command ended, with all that it wrote.</summary>
internal sealed record ToolResult(int ExitCode, string Output);

/// <summary>Runs short-lived commands.</summary>
internal static class Tool
{
    /// <summary>Runs the command to its end; null when there is no such program.</summary>
    public static async Task<ToolResult?> RunAsync(ProcessStartInfo command, Action<string>? progress, CancellationToken ct)
    {
        command.RedirectStandardOutput = true;
        command.RedirectStandardError = true;
        command.RedirectStandardInput = true;
        var output = new StringBuilder();
        using var process = new Process { StartInfo = command };
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            return null;
        }

        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new ToolResult(process.ExitCode, output.ToString());

        void Add(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (output)
            {
                output.AppendLine(line);
            }

            progress?.Invoke(line);
        }
    }
}
