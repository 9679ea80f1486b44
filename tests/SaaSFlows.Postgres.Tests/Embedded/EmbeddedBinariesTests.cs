using SaaSFlows.LocalSetup.Embedded;

namespace SaaSFlows.Postgres.Tests.Embedded;

public sealed class EmbeddedBinariesTests
{
    [Fact]
    public void Links_that_npm_could_not_pack_are_made_once()
    {
        var package = Directory.CreateTempSubdirectory("saasflows-").FullName;
        var lib = Directory.CreateDirectory(Path.Combine(package, "native", "lib")).FullName;
        File.WriteAllText(Path.Combine(lib, "libpq.so.5.18"), "");
        File.WriteAllText(
            Path.Combine(package, "native", "pg-symlinks.json"),
            """[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so.5"}]"""
        );

        EmbeddedBinaries.MakeLinks(package);
        EmbeddedBinaries.MakeLinks(package);

        Assert.Equal("libpq.so.5.18", new FileInfo(Path.Combine(lib, "libpq.so.5")).LinkTarget);
        Directory.Delete(package, recursive: true);
    }
}
