using System.Diagnostics;
using System.Globalization;

namespace SaaSFlows.LocalSetup;

/// <summary>The repository's npm packages: the embedded server's programs come from there, and so does all that builds the studio.</summary>
public static class NodePackages
{
    private const int OldestNode = 20;

    /// <summary>Whether <c>node_modules</c> was installed from the present <c>package-lock.json</c>.</summary>
    public static bool AreCurrent(string repositoryRoot)
    {
        var installed = new FileInfo(Path.Combine(repositoryRoot, "node_modules", ".package-lock.json"));
        var wanted = new FileInfo(Path.Combine(repositoryRoot, "package-lock.json"));
        return installed.Exists && installed.LastWriteTimeUtc >= wanted.LastWriteTimeUtc;
    }

    /// <summary>Runs <c>npm ci</c> unless the packages are current; several processes may ask at once.</summary>
    /// <exception cref="LocalSetupException">Node is missing or too old, or npm failed.</exception>
    public static async Task EnsureAsync(string repositoryRoot, Action<string> progress, CancellationToken ct)
    {
        if (AreCurrent(repositoryRoot))
        {
            return;
        }

        using var alone = await FileLock.ExclusiveAsync(Path.Combine(repositoryRoot, ".data", "npm.lock"), ct);
        if (AreCurrent(repositoryRoot))
        {
            return;
        }

        await RequireNodeAsync(ct);

        // Without scripts: nothing that we install needs one (the server's links are made by EmbeddedBinaries), so none gets to run.
        await RunAsync(repositoryRoot, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], progress, ct);
    }

    /// <summary>Runs npm in the repository and hands its output on, line by line.</summary>
    /// <exception cref="LocalSetupException">npm is missing or ended with an error.</exception>
    public static async Task RunAsync(string repositoryRoot, IReadOnlyList<string> arguments, Action<string> progress, CancellationToken ct)
    {
        var windows = OperatingSystem.IsWindows();
        var command = new ProcessStartInfo(windows ? "cmd" : "npm", windows ? ["/c", "npm", .. arguments] : arguments)
        {
            WorkingDirectory = repositoryRoot,
        };
        var result =
            await Tool.RunAsync(command, progress, ct)
            ?? throw new LocalSetupException($"npm was not found. Install Node.js {OldestNode} or newer (https://nodejs.org), which brings npm.");
        if (result.ExitCode != 0)
        {
            throw new LocalSetupException($"'npm {string.Join(' ', arguments)}' in {repositoryRoot} failed:{Environment.NewLine}{result.Output}");
        }
    }

    private static async Task RequireNodeAsync(CancellationToken ct)
    {
        var answer = await Tool.RunAsync(new ProcessStartInfo("node", ["--version"]), null, ct);
        var version = answer?.Output.Trim() ?? "";
        if (!int.TryParse(version.TrimStart('v').Split('.')[0], CultureInfo.InvariantCulture, out var major) || major < OldestNode)
        {
            var found = version.Length == 0 ? "none was found" : $"found {version}";
            throw new LocalSetupException($"Node.js {OldestNode} or newer is needed ({found}). Install it from https://nodejs.org and try again.");
        }
    }
}
