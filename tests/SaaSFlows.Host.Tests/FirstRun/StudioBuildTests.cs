using SaaSFlows.LocalSetup;

namespace SaaSFlows.Host.Tests.FirstRun;

public sealed class StudioBuildTests : IDisposable
{
    private static readonly DateTime _built = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
    private readonly string _root = Directory.CreateTempSubdirectory("saasflows-studio-").FullName;

    public StudioBuildTests()
    {
        foreach (
            var file in new[] { "package-lock.json", "studio/src/main.tsx", "studio/index.html", "studio/dist/index.html", "studio/e2e/test.ts" }
        )
        {
            Write(file);
        }

        foreach (var entry in Directory.GetFileSystemEntries(_root, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(entry, _built);
        }
    }

    [Fact]
    public void Untouched_sources_need_no_build() => Assert.True(StudioBuild.IsCurrent(_root));

    [Theory]
    [InlineData("studio/src/main.tsx")]
    [InlineData("studio/index.html")]
    [InlineData("package-lock.json")]
    public void Changed_source_needs_a_build(string file)
    {
        Write(file);
        Assert.False(StudioBuild.IsCurrent(_root));
    }

    [Fact]
    public void Deleted_source_needs_a_build()
    {
        File.Delete(Path.Combine(_root, "studio", "src", "main.tsx"));
        Assert.False(StudioBuild.IsCurrent(_root));
    }

    [Fact]
    public void Changed_end_to_end_test_needs_none()
    {
        Write("studio/e2e/test.ts");
        Assert.True(StudioBuild.IsCurrent(_root));
    }

    [Fact]
    public void Missing_build_needs_one()
    {
        File.Delete(Path.Combine(_root, "studio", "dist", "index.html"));
        Assert.False(StudioBuild.IsCurrent(_root));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string file)
    {
        var path = Path.Combine(_root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");
    }
}
