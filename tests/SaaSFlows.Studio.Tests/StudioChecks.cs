using SaaSFlows.LocalSetup;

namespace SaaSFlows.Studio.Tests;

public sealed class StudioChecks
{
    [Theory]
    [InlineData("lint")]
    [InlineData("types")]
    [InlineData("test")]
    public async Task Studio_passes_its_own_check(string script)
    {
        var ct = TestContext.Current.CancellationToken;
        var root = RepositoryRoot.Find()!;
        await NodePackages.EnsureAsync(root, Console.WriteLine, ct);

        // Alone, so that a Host that starts meanwhile does not build into the same folder. A failure brings the tool's output.
        using var alone = await FileLock.ExclusiveAsync(Path.Combine(root, ".data", "studio.lock"), ct);
        await NodePackages.RunAsync(root, ["run", script, "--workspace", "studio"], Console.WriteLine, ct);
    }

    [Fact]
    public async Task The_client_is_made_from_the_contract_as_it_is()
    {
        var ct = TestContext.Current.CancellationToken;
        var root = RepositoryRoot.Find()!;
        await NodePackages.EnsureAsync(root, Console.WriteLine, ct);
        using var alone = await FileLock.ExclusiveAsync(Path.Combine(root, ".data", "studio.lock"), ct);
        var client = Path.Combine(root, "studio", "src", "api", "schema.d.ts");
        var committed = await File.ReadAllTextAsync(client, ct);
        await NodePackages.RunAsync(root, ["run", "generate", "--workspace", "studio"], Console.WriteLine, ct);

        Assert.Equal(await File.ReadAllTextAsync(client, ct), committed);
    }
}
