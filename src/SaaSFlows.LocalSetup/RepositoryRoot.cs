namespace SaaSFlows.LocalSetup;

/// <summary>Finds the checkout that a binary was built in.</summary>
public static class RepositoryRoot
{
    /// <summary>The folder with the solution above the running binary, or null in an installation without one.</summary>
    public static string? Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SaaSFlows.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
