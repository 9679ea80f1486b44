using SaaSFlows.Postgres.Embedded;

namespace SaaSFlows.Studio.Tests;

public sealed class StudioChecks
{
    [Theory]
    [InlineData("lint")]
    [InlineData("types")]
    [InlineData("test")]
    [InlineData("build")]
    public async Task Studio_passes_its_own_check(string script)
    {
        var ct = TestContext.Current.CancellationToken;
        var root = RepositoryRoot.Find()!;
        await NodePackages.EnsureAsync(root, Console.WriteLine, ct);

        // Alone, so that a Host that starts meanwhile does not build into the same folder. A failure brings the tool's output.
        using var alone = await FileLock.ExclusiveAsync(Path.Combine(root, ".data", "studio.lock"), ct);
        await NodePackages.RunAsync(root, ["run", script, "--workspace", "studio"], Console.WriteLine, ct);
    }
}
