using System.Diagnostics;
using System.Globalization;

namespace SaaSFlows.LocalSetup.Embedded.Internal;

/// <summary>A running server as its cluster's <c>postmaster.pid</c> names it.</summary>
internal sealed record Postmaster(int ProcessId, int Port)
{
    /// <summary>The server that runs on the cluster, or null. A pid file that a dead server left behind, or that names a process which
    /// is no server of this cluster, is removed: over the second kind the server itself would refuse to start for ever.</summary>
    public static async Task<Postmaster?> FindAsync(string cluster, ServerAccount account, CancellationToken ct)
    {
        var file = Path.Combine(cluster, "postmaster.pid");
        if (!File.Exists(file))
        {
            return null;
        }

        var lines = await File.ReadAllLinesAsync(file, ct);
        if (lines.Length > 3 && TryParse(lines[0], out var id) && await RunsAsync(id, lines, account, ct))
        {
            return new Postmaster(id, TryParse(lines[3], out var port) ? port : 0);
        }

        File.Delete(file);
        return null;
    }

    private static async Task<bool> RunsAsync(int id, string[] pidFile, ServerAccount account, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Process.GetProcesses().Any(process => process.Id == id && process.ProcessName == "postgres");
        }

        // Asked as the server's user, because root without CAP_SYS_PTRACE may not look. A zombie (nobody reaps it in some containers) has no
        // executable any more, so it counts as dead. A server's working directory is its cluster, however the path is spelled.
        var program = await ServerAccount.RunAsync(account.Command("readlink", $"/proc/{id}/exe"), ct);
        var seen = await ServerAccount.RunAsync(account.Command("cat", $"/proc/{id}/cwd/postmaster.pid"), ct);
        return program.Output.Trim().Replace(" (deleted)", "", StringComparison.Ordinal).EndsWith("/postgres", StringComparison.Ordinal)
            && seen.Output.Split('\n').Take(3).SequenceEqual(pidFile.Take(3));
    }

    private static bool TryParse(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
