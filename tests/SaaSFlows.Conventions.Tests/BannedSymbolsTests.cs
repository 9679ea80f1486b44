namespace SaaSFlows.Conventions.Tests;

/// <summary>The analyzer enforces the lists; these tests keep the lists themselves from losing an entry.</summary>
public sealed class BannedSymbolsTests
{
    [Theory]
    [InlineData("src/SaaSFlows.Engine", "N:System.IO")]
    [InlineData("src/SaaSFlows.Engine", "N:System.Net")]
    [InlineData("src/SaaSFlows.Engine", "T:System.Random")]
    [InlineData("src/SaaSFlows.Engine", "T:System.Security.Cryptography.RandomNumberGenerator")]
    [InlineData("src/SaaSFlows.Engine", "M:System.Guid.NewGuid")]
    [InlineData("src/SaaSFlows.Engine", "M:System.Guid.CreateVersion7")]
    [InlineData("src/SaaSFlows.Engine", "P:System.DateTime.UtcNow")]
    [InlineData("src/SaaSFlows.Engine", "P:System.DateTimeOffset.UtcNow")]
    [InlineData("src/SaaSFlows.Engine", "P:System.TimeProvider.System")]
    [InlineData("src/SaaSFlows.Engine", "M:System.Threading.Tasks.Task.Delay(System.TimeSpan,System.Threading.CancellationToken)")]
    [InlineData("src/SaaSFlows.Engine", "M:System.Guid.CreateVersion7(System.DateTimeOffset)")]
    [InlineData("src/SaaSFlows.Activities", "M:System.Guid.CreateVersion7(System.DateTimeOffset)")]
    [InlineData("src/SaaSFlows.Activities", "T:System.Security.Cryptography.RandomNumberGenerator")]
    [InlineData("src/SaaSFlows.Activities", "N:System.IO")]
    [InlineData("src/SaaSFlows.Activities", "N:System.Net.Http")]
    [InlineData("src/SaaSFlows.Activities", "N:System.Net.Sockets")]
    [InlineData("src/SaaSFlows.Activities", "T:System.Random")]
    [InlineData("src/SaaSFlows.Activities", "M:System.Guid.NewGuid")]
    [InlineData("src/SaaSFlows.Activities", "P:System.DateTimeOffset.UtcNow")]
    [InlineData("src/SaaSFlows.Activities", "P:System.TimeProvider.System")]
    [InlineData("tests", "M:System.Threading.Tasks.Task.Delay(System.TimeSpan,System.Threading.CancellationToken)")]
    [InlineData("tests", "M:System.Threading.Thread.Sleep(System.Int32)")]
    public void Project_bans(string folder, string symbol)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, folder, "BannedSymbols.txt"));
        Assert.Contains(lines, line => line.StartsWith(symbol + ";", StringComparison.Ordinal));
    }
}
