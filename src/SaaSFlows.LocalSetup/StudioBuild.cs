namespace SaaSFlows.LocalSetup;

/// <summary>Builds the studio when there is no build or its sources changed since.</summary>
internal static class StudioBuild
{
    private static readonly string[] _notSources = ["node_modules", "dist", "e2e", "test-results"];

    public static async Task EnsureAsync(string repositoryRoot, Progress progress, CancellationToken ct)
    {
        using var alone = await FileLock.ExclusiveAsync(Path.Combine(repositoryRoot, ".data", "studio.lock"), ct);
        if (IsCurrent(repositoryRoot))
        {
            return;
        }

        progress.Say("Building the studio …");
        await NodePackages.RunAsync(repositoryRoot, ["run", "build", "--workspace", "studio", "--loglevel=error"], progress.Quote, ct);
        progress.Say("The studio is built.");
    }

    internal static bool IsCurrent(string repositoryRoot)
    {
        var studio = new DirectoryInfo(Path.Combine(repositoryRoot, "studio"));
        var built = new FileInfo(Path.Combine(studio.FullName, "dist", "index.html"));
        return built.Exists
            && Sources(studio)
                .Append(new FileInfo(Path.Combine(repositoryRoot, "package-lock.json")))
                .All(source => source.LastWriteTimeUtc <= built.LastWriteTimeUtc);
    }

    // Folders count too: their time changes when a file in them is deleted or renamed.
    private static IEnumerable<FileSystemInfo> Sources(DirectoryInfo studio) =>
        studio
            .EnumerateFileSystemInfos()
            .Where(entry => !_notSources.Contains(entry.Name))
            .SelectMany(entry =>
                entry is DirectoryInfo folder ? folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(folder) : [entry]
            );
}
