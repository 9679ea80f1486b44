using System.Runtime.CompilerServices;
using SaaSFlows.Engine.Graphs;

namespace SaaSFlows.Activities.Tests.Catalogue;

public sealed class ActivityPageTests
{
    [Fact]
    public async Task Documentation_says_what_the_descriptors_say()
    {
        var path = Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/activities.md");
        var stored = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var page = ActivityPage.Draw(stored, new ActivityCatalogue(BuiltIn.All).Descriptors);
        if (Environment.GetEnvironmentVariable("SAASFLOWS_UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, page, TestContext.Current.CancellationToken);
            return;
        }

        Assert.True(page == stored, "docs/activities.md is out of date: run this test once with SAASFLOWS_UPDATE_DOCS=1.");
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
